/* What the live tests run under the filter: subject COMMAND ARGS… */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef OWN_ENVIRON /* a variable of the program's own, whatever the libc calls so */
static char *own_environ[] = { NULL };
char **environ = own_environ;
#else
extern char **environ;
#endif

static int hello(void)
{
	return write(STDOUT_FILENO, "hello\n", 6) != 6;
}

static int environment(void)
{
	for (char **entry = environ; *entry; entry++)
		dprintf(STDOUT_FILENO, "%s\n", *entry);
	return 0;
}

/* "0 2 1": no_new_privs, seccomp mode, number of filters. */
static void print_status(const char *path)
{
	char line[256];
	unsigned values[3] = { 9, 9, 9 };
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "NoNewPrivs: %u", &values[0]);
		sscanf(line, "Seccomp: %u", &values[1]);
		sscanf(line, "Seccomp_filters: %u", &values[2]);
	}
	if (file)
		fclose(file);
	dprintf(STDOUT_FILENO, "%u %u %u\n", values[0], values[1], values[2]);
}

static int status(void)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *task;

	while (tasks && (task = readdir(tasks))) {
		char path[300];

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", task->d_name);
		if (task->d_name[0] != '.')
			print_status(path);
	}
	return !tasks;
}

static void *run_thread(void *unused)
{
	print_status("/proc/thread-self/status");
	return unused;
}

static int thread(void)
{
	pthread_t made;

	return pthread_create(&made, NULL, run_thread, NULL) || pthread_join(made, NULL);
}

static int run(char **argv)
{
	int result;
	pid_t pid = fork();

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	if (waitpid(pid, &result, 0) != pid)
		return 126;
	return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
}

static int foreign(const char *abi)
{
	long result = -1;

#ifdef __x86_64__
	if (strcmp(abi, "int80") == 0)
		__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11"); /* getpid on i386 */
	else
		__asm__ volatile("syscall" : "=a"(result) : "a"(0x40000000L + SYS_getpid) : "memory", "rcx", "r11");
#endif
	dprintf(STDOUT_FILENO, "%s\n", result == getpid() ? "own pid" : result == -ENOSYS ? "ENOSYS" : "other");
	return abi == NULL;
}

static int sigpipe(void)
{
	sigset_t blocked, pending;

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	sigpending(&pending);
	dprintf(STDOUT_FILENO, "%d %d\n", sigismember(&blocked, SIGPIPE), sigismember(&pending, SIGPIPE));
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (strcmp(command, "hello") == 0)
		return hello();
	if (strcmp(command, "environment") == 0)
		return environment();
	if (strcmp(command, "status") == 0)
		return status();
	if (strcmp(command, "thread") == 0)
		return thread();
	if (strcmp(command, "run") == 0)
		return run(argv + 2);
	if (strcmp(command, "exec") == 0)
		return execv(argv[2], argv + 2), 127;
	if (strcmp(command, "int80") == 0 || strcmp(command, "x32") == 0)
		return foreign(command);
	if (strcmp(command, "sigpipe") == 0)
		return sigpipe();
	if (strcmp(command, "sleep") == 0)
		return usleep(2000000) != 0;
	return strcmp(command, "nothing") != 0;
}

/*
 * Tells what a started program finds of itself, one "key value" a line, then does what its arguments say:
 * probe [exit N | signal N | exec PROG ARG… | guess N | pause | vfork]
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void tell_status(void)
{
	static const char *const wanted[] = { "TracerPid:", "SigPnd:",     "ShdPnd:",  "SigBlk:", "SigIgn:", "SigCgt:",
					      "CapEff:",    "NoNewPrivs:", "Seccomp:", "Seccomp_filters:" };
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	while (status && fgets(line, sizeof(line), status)) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			size_t length = strlen(wanted[i]);

			if (strncmp(line, wanted[i], length) == 0)
				printf("%.*s %s", (int)length - 1, line, line + length + 1);
		}
	}
	if (status)
		fclose(status);
}

static void tell_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	printf("fds");
	while (directory && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
			printf(" %s", entry->d_name);
	}
	printf("\n");
	if (directory)
		closedir(directory);
}

static void tell_environ(void)
{
	int count = 0, contract = 0;

	for (char **entry = environ; *entry; entry++) {
		count++;
		contract += strncmp(*entry, "SECCOMP_", 8) == 0;
	}
	printf("environ %d\ncontract %d\n", count, contract);
}

/* A page at a random address, as a launcher's secret is. */
static void *map_anywhere(void)
{
	void *page = MAP_FAILED;

	while (page == MAP_FAILED) {
		uintptr_t address;

		if (getrandom(&address, sizeof(address), 0) != sizeof(address))
			abort();
		page = mmap((void *)(address & 0x7ffffffff000), 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	}
	return page;
}

/* Children that execute a program by execve with three such pages; how many of them were killed for it. */
static void guess(int count)
{
	int killed = 0, status;

	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			char *filename = map_anywhere(), **arguments = map_anywhere(), **none = map_anywhere();

			strcpy(filename, "/proc/self/exe");
			arguments[0] = filename;
			_exit(execve(filename, arguments, none));
		}
		waitpid(pid, &status, 0);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	}
	printf("guesses %d killed %d\n", count, killed);
}

int main(int argc, char **argv)
{
	int status;
	pid_t child = waitpid(-1, &status, WNOHANG);

	printf("pid %d\nchild %s\n", getpid(), child < 0 && errno == ECHILD ? "none" : "some");
	printf("argc %d\nargv0 %s\npgid %d\nsid %d\nforeground %d\n", argc, argv[0], getpgid(0), getsid(0), tcgetpgrp(0));
	tell_fds();
	tell_environ();
	tell_status();
	fflush(stdout);
	if (argc == 3 && strcmp(argv[1], "exit") == 0)
		return atoi(argv[2]);
	if (argc == 3 && strcmp(argv[1], "signal") == 0)
		return kill(getpid(), atoi(argv[2])), 99;
	if (argc == 3 && strcmp(argv[1], "guess") == 0)
		guess(atoi(argv[2]));
	if (argc >= 3 && strcmp(argv[1], "exec") == 0) {
		execv(argv[2], argv + 2);
		perror("probe: exec");
		return 98;
	}
	if (argc == 2 && strcmp(argv[1], "vfork") == 0 && vfork() == 0) {
		/* The parent sleeps uninterrupted until this child ends with it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	while (argc == 2 && strcmp(argv[1], "pause") == 0)
		pause();
	return 0;
}

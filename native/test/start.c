#define _GNU_SOURCE /* pipe2, stpcpy */
#include "start.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define DIRECTORIES 1500 /* of PATH: some milliseconds of failing execve */
#define PATIENCE_MS 10000

static char path[DIRECTORIES * 3 + 64];

static void fill_path(void)
{
	char *end = stpcpy(path, "PATH=");

	for (int i = 0; i < DIRECTORIES; i++)
		end = stpcpy(end, "/x:");
	strcpy(end, "build/targets");
}

struct start start_probe(void)
{
	static char *const argv[] = { "sandboxify", "probe", NULL };
	char *const envp[] = { path, "SECCOMP_SYSCALL_DENY=bpf:execve", "SECCOMP_QUIET=1", NULL };
	int ends[2];
	struct start start = { .pid = -1 };

	if (!path[0])
		fill_path();
	if (pipe2(ends, O_CLOEXEC) < 0)
		return start;
	start.pid = fork();
	if (start.pid == 0) {
		setpgid(0, 0);
		dup2(ends[1], STDOUT_FILENO);
		execve("build/sandboxify", argv, envp);
		_exit(99);
	}
	setpgid(start.pid, start.pid);
	close(ends[1]);
	start.output = ends[0];
	return start;
}

/* All that the program wrote; false where it neither writes nor ends. */
static bool read_output(int fd, char *buffer, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t length = 0;
	ssize_t got = -1;

	while (length < size - 1 && poll(&ready, 1, PATIENCE_MS) > 0) {
		got = read(fd, buffer + length, size - 1 - length);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	buffer[length] = '\0';
	close(fd);
	return got == 0;
}

int start_finish(struct start start, const char *what)
{
	char text[4096];
	int status;

	if (!read_output(start.output, text, sizeof(text))) {
		tap_note("%s: hangs", what);
		kill(-start.pid, SIGKILL);
		waitpid(start.pid, &status, 0);
		return -1;
	}
	if (waitpid(start.pid, &status, 0) != start.pid)
		return -1;
	if (text[0] && !strstr(text, "\nSeccomp 2\n")) {
		tap_note("%s: ran without a filter: %s", what, text);
		return -1;
	}
	if (WIFEXITED(status) && (WEXITSTATUS(status) != 0 || !text[0])) {
		tap_note("%s: exit %d: %s", what, WEXITSTATUS(status), text);
		return -1;
	}
	return status;
}

bool start_has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

static pid_t first_child(pid_t of)
{
	char name[64], text[64] = "";
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", of, of);
	file = fopen(name, "re");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return (pid_t)strtol(text, NULL, 10);
}

pid_t start_find_tracer(pid_t target)
{
	char text[256] = "";
	FILE *file;
	pid_t parent = first_child(target), tracer = parent ? first_child(parent) : 0;
	char *at = text;

	if (tracer)
		return tracer;
	snprintf(text, sizeof(text), "/proc/self/task/%d/children", getpid());
	file = fopen(text, "re");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	while ((tracer = (pid_t)strtol(at, &at, 10)) != 0 && tracer == target)
		;
	return tracer;
}

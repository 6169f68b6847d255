#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define LINE_MS 10000

struct session session;
char session_program[PATH_MAX];

static void child(const struct session_begin *start, int fd, int out)
{
	const char *argv[32];
	char number[16];
	int n = 0;

	snprintf(number, sizeof(number), "%d", fd);
	for (int i = 0; start->before[i]; i++)
		argv[n++] = start->before[i];
	argv[n++] = session_program;
	for (int i = 0; start->option[i]; i++)
		argv[n++] = start->option[i];
	for (int i = 0; i < 2; i++) {
		argv[n++] = i == 0 ? "--control-fd" : "--command-fd";
		argv[n++] = number;
	}
	argv[n++] = "--marker";
	argv[n++] = SESSION_MARKER;
	argv[n++] = "--path";
	argv[n++] = "/bin/sh";
	argv[n++] = "--";
	argv[n++] = "sh";
	argv[n++] = "-c";
	argv[n++] = start->script;
	argv[n] = NULL;
	dup2(out, STDOUT_FILENO);
	if (start->prepare)
		start->prepare();
	execvp(argv[0], (char **)(uintptr_t)argv);
	_exit(99);
}

/* False: it ended, or said nothing of the kind in time. */
static bool hear(const char *wanted)
{
	for (;;) {
		struct pollfd ready = { .fd = session.fd, .events = POLLIN };
		char *end;
		ssize_t n;

		while ((end = strchr(session.said + session.seen, '\n'))) {
			const char *line = session.said + session.seen;

			session.seen = (size_t)(end - session.said) + 1;
			if (strncmp(line, wanted, strlen(wanted)) == 0)
				return true;
		}
		if (poll(&ready, 1, LINE_MS) <= 0)
			return false;
		n = read(session.fd, session.said + session.used, sizeof(session.said) - session.used - 1);
		if (n <= 0)
			return false;
		session.used += (size_t)n;
		session.said[session.used] = '\0';
	}
}

void session_say(const char *text)
{
	if (send(session.fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		tap_note("'%.4s' was not heard: %s", text, strerror(errno));
}

bool session_start(const struct session_begin *start)
{
	int ends[2], out[2];

	session = (struct session){ .fd = -1, .out = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 || pipe2(out, O_CLOEXEC) < 0)
		return false;
	session.pid = fork();
	if (session.pid == 0) {
		setpgid(0, 0);
		child(start, dup(ends[1]), out[1]);
	}
	setpgid(session.pid, session.pid);
	session.fd = ends[0];
	session.out = out[0];
	close(ends[1]);
	close(out[1]);
	if (!hear("marker"))
		return false;
	session_say("go\n");
	return hear("started");
}

int session_end(void)
{
	bool marked = hear("marker");
	int status;

	if (marked)
		session_say("go\n");
	else
		kill(session.pid, SIGKILL);
	while (waitpid(session.pid, &status, 0) < 0 && errno == EINTR)
		;
	close(session.fd);
	close(session.out);
	return marked && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define _GNU_SOURCE
#include "session-lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int lines_open(int control_fd, int command_fd, struct session_lines *ret_lines)
{
	if (fcntl(control_fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(command_fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	*ret_lines = (struct session_lines){ .control_fd = control_fd, .command_fd = command_fd, .observed = true };
	return 0;
}

void lines_say(struct session_lines *lines, const char *format, ...)
{
	char line[1024];
	va_list args;
	int length;
	size_t done = 0;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (length < 0 || !lines->observed)
		return;
	if ((size_t)length > sizeof(line) - 2)
		length = (int)sizeof(line) - 2;
	line[length++] = '\n';
	while (done < (size_t)length) {
		ssize_t n = write(lines->control_fd, line + done, (size_t)length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			lines->observed = false;
			return;
		}
		done += (size_t)n;
	}
}

static enum session_command parse(const char *line, int *ret_signal)
{
	if (!strcmp(line, "again"))
		return COMMAND_AGAIN;
	if (!strcmp(line, "go"))
		return COMMAND_GO;
	if (!strcmp(line, "quit"))
		return COMMAND_QUIT;
	if (!strncmp(line, "signal ", 7)) {
		*ret_signal = atoi(line + 7);
		return COMMAND_SIGNAL;
	}
	return COMMAND_NONE;
}

/* False: no whole line is there. What is no command is passed over. */
static bool take_command(struct session_lines *lines, enum session_command *ret_command, int *ret_signal)
{
	char *end;

	while ((end = memchr(lines->pending, '\n', lines->used))) {
		size_t length = (size_t)(end - lines->pending) + 1;

		*end = '\0';
		*ret_command = parse(lines->pending, ret_signal);
		memmove(lines->pending, lines->pending + length, lines->used - length);
		lines->used -= length;
		if (*ret_command != COMMAND_NONE)
			return true;
	}
	return false;
}

/* 1: something came; 0: nothing there now; -1: the observer is gone. */
static int fill(struct session_lines *lines, bool wait)
{
	struct pollfd ready = { .fd = lines->command_fd, .events = POLLIN };
	ssize_t n;

	if (lines->used == sizeof(lines->pending))
		lines->used = 0; /* no command is that long */
	if (poll(&ready, 1, wait ? -1 : 0) <= 0)
		return 0;
	n = read(lines->command_fd, lines->pending + lines->used, sizeof(lines->pending) - lines->used);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return -1;
	lines->used += (size_t)n;
	return 1;
}

enum session_command lines_next(struct session_lines *lines, bool wait, int *ret_signal)
{
	for (;;) {
		enum session_command command;
		int r;

		if (take_command(lines, &command, ret_signal))
			return command;
		if (!lines->observed)
			return wait ? COMMAND_QUIT : COMMAND_NONE;
		r = fill(lines, wait);
		if (r < 0)
			lines->observed = false;
		if (r == 0 && !wait)
			return COMMAND_NONE;
	}
}

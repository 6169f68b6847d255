/* Passes lines of standard input on to the service manager: see HELP. Alone in this program it prints and ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify-socket.h"

#define LINE_MAX_BYTES 4096
#define NEWLINE_INSIDE '\x1f'
#define EXIT_USAGE 2
#define EXIT_CANNOT 3

static const char HELP[] =
	"usage: notify\n"
	"Sends every line of standard input to NOTIFY_SOCKET as one message (sd_notify(3)); the byte 0x1f stands for a\n"
	"newline inside of it. Ends with standard input. Exit: 0 ended, 2 usage, 3 cannot.\n";

static int send_line(int fd, char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] == NEWLINE_INSIDE)
			line[i] = '\n';
	return notify_send(fd, line, length);
}

static int cannot(const char *what, int error)
{
	fprintf(stderr, "notify: %s: %s\n", what, strerror(-error));
	return EXIT_CANNOT;
}

int main(int argc, char **argv)
{
	const char *name = getenv("NOTIFY_SOCKET");
	char line[LINE_MAX_BYTES];
	int fd;

	if (argc > 1) {
		int help = argc == 2 && strcmp(argv[1], "--help") == 0;

		fputs(HELP, help ? stdout : stderr);
		return help ? 0 : EXIT_USAGE;
	}
	if (!name)
		return cannot("NOTIFY_SOCKET", -ENOENT);
	fd = notify_open(name);
	if (fd < 0)
		return cannot(name, fd);
	while (fgets(line, sizeof(line), stdin)) {
		size_t length = strcspn(line, "\n");
		int r = length ? send_line(fd, line, length) : 0;

		if (r)
			return cannot("send", r);
	}
	return 0;
}

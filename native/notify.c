/* Passes lines of standard input on to the service manager: see HELP. Alone in this program it prints and ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define NEWLINE_INSIDE '\x1f'
#define EXIT_USAGE 2
#define EXIT_CANNOT 3

static const char HELP[] =
	"usage: notify\n"
	"Sends every line of standard input to NOTIFY_SOCKET as one message (sd_notify(3)); the byte 0x1f stands for a\n"
	"newline inside of it. Ends with standard input. Exit: 0 ended, 2 usage, 3 cannot.\n";

/* A path, or a name in the abstract namespace: '@' stands for the NUL before it. */
static int notify_address(const char *name, struct sockaddr_un *ret_address, socklen_t *ret_length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);

	if (length < 2 || (name[0] != '/' && name[0] != '@'))
		return -EAFNOSUPPORT;
	if (length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, name, length);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	*ret_address = address;
	*ret_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] == '/' ? 1 : 0));
	return 0;
}

static int notify_open(const char *name)
{
	struct sockaddr_un address;
	socklen_t length;
	int r = notify_address(name, &address, &length);
	int fd;

	if (r)
		return r;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, length) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static int notify_send(int fd, char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] == NEWLINE_INSIDE)
			line[i] = '\n';
	return send(fd, line, length, MSG_NOSIGNAL) < 0 ? -errno : 0;
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
		int r = length ? notify_send(fd, line, length) : 0;

		if (r)
			return cannot("send", r);
	}
	return 0;
}

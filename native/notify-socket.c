#define _GNU_SOURCE
#include "notify-socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

int notify_open(const char *name)
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

int notify_send(int fd, const char *message, size_t length)
{
	return send(fd, message, length, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

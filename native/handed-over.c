#define _GNU_SOURCE
#include "handed-over.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* SD_LISTEN_FDS_START of sd_listen_fds(3). */
#define FIRST_FD 3
/* Documentation/admin-guide/devices.txt: 1 char, 11 = /dev/kmsg. */
#define KMSG makedev(1, 11)

static int option(int fd, int name)
{
	int value = -1;
	socklen_t length = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &length) < 0 ? -1 : value;
}

static int *place_of(struct handed_over *handed, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	if (S_ISCHR(st.st_mode) && st.st_rdev == KMSG)
		return &handed->kmsg;
	if (!S_ISSOCK(st.st_mode))
		return NULL;
	if (option(fd, SO_DOMAIN) == AF_NETLINK && option(fd, SO_PROTOCOL) == NETLINK_AUDIT)
		return &handed->netlink;
	return option(fd, SO_DOMAIN) == AF_UNIX && option(fd, SO_ACCEPTCONN) == 1 ? &handed->socket : NULL;
}

/* The variables tell whom the descriptors are for; another process' are none of ours. */
static int count(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");

	return pid && fds && strtol(pid, NULL, 10) == getpid() ? (int)strtol(fds, NULL, 10) : 0;
}

int take_handed_over(struct handed_over *ret_handed)
{
	struct handed_over handed = { -1, -1, -1 };
	int end = FIRST_FD + count();

	for (int fd = FIRST_FD; fd < end; fd++) {
		int *place = place_of(&handed, fd);

		if (!place || *place != -1)
			return -EBADF;
		if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return -errno;
		*place = fd;
	}
	*ret_handed = handed;
	return 0;
}

#define _GNU_SOURCE
#include "listen-output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int output_open(struct listen_output *ret_output)
{
	struct stat st;
	int fd = STDOUT_FILENO;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISFIFO(st.st_mode))
		fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_output = (struct listen_output){ .fd = fd, .socket = S_ISSOCK(st.st_mode) };
	return 0;
}

int output_write(const struct listen_output *output, struct line_ring *ring)
{
	const char *bytes;
	size_t length;

	while ((length = line_ring_peek(ring, &bytes)) > 0) {
		ssize_t n = output->socket ? send(output->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL)
					   : write(output->fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		line_ring_consume(ring, (size_t)n);
	}
	return 0;
}

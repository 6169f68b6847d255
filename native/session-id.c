#define _GNU_SOURCE
#include "session-id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_number(const char *path, uint32_t *ret_number)
{
	char text[32];
	char *end;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return n < 0 ? -errno : -ENODATA;
	text[n] = '\0';
	*ret_number = (uint32_t)strtoul(text, &end, 10);
	return end == text ? -EINVAL : 0;
}

static int write_loginuid(uint32_t auid)
{
	char text[16];
	ssize_t n;
	int error;
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	snprintf(text, sizeof(text), "%u", auid);
	n = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	return n < 0 ? -error : 0;
}

int session_of(int pid, uint32_t *ret_ses)
{
	char path[48];

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/sessionid", pid);
	else
		strcpy(path, "/proc/self/sessionid");
	return read_number(path, ret_ses);
}

int session_open(uint32_t *ret_ses)
{
	uint32_t auid;
	int r = read_number("/proc/self/loginuid", &auid);

	if (!r)
		r = write_loginuid(auid == SESSION_UNSET ? getuid() : auid);
	return r ? r : session_of(0, ret_ses);
}

int session_next(uint32_t *ret_ses)
{
	int pipe_fds[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		uint32_t ses;

		if (session_open(&ses) == 0)
			(void)!write(pipe_fds[1], &ses, sizeof(ses));
		_exit(0);
	}
	close(pipe_fds[1]);
	n = pid < 0 ? -1 : read(pipe_fds[0], ret_ses, sizeof(*ret_ses));
	close(pipe_fds[0]);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	return n == sizeof(*ret_ses) ? 0 : -EPERM;
}

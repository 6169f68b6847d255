/*
 * records FILE PROGRAM ARG…: runs PROGRAM and writes to FILE one line "ARCH NUMBER" for each seccomp record the kernel wrote
 * about its process, in order (audit multicast group: CAP_AUDIT_READ). Exits as PROGRAM did.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECEIVE_BYTES (32 << 20)
#define PATIENCE_MS 10000

static int join(void)
{
	const struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = 1u << (AUDIT_NLGRP_READLOG - 1) };
	const int size = RECEIVE_BYTES;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    bind(fd, (const struct sockaddr *)&group, sizeof(group)) < 0)
		return -1;
	return fd;
}

/* A process whose only logged call is the exit_group that ends it: its record comes after all of PROGRAM's. */
static pid_t mark(void)
{
	static struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG) };
	static const struct sock_fprog program = { .len = 1, .filter = code };
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	_exit(0);
}

/* Whether the record is of PID; then its fields. */
static int read_record(const char *text, pid_t pid, char ret_arch[16], long *ret_nr)
{
	const char *of = strstr(text, " pid="), *nr = strstr(text, " syscall="), *arch = strstr(text, " arch=");

	if (!of || !nr || !arch || strtol(of + 5, NULL, 10) != pid)
		return 0;
	*ret_nr = strtol(nr + 9, NULL, 10);
	return sscanf(arch, " arch=%15s", ret_arch);
}

static int collect(int fd, pid_t pid, pid_t marker, FILE *to)
{
	static char buffer[16384];
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	while (poll(&ready, 1, PATIENCE_MS) > 0) {
		ssize_t got = recv(fd, buffer, sizeof(buffer) - 1, 0);
		const struct nlmsghdr *header = (const struct nlmsghdr *)buffer;
		char arch[16];
		long nr;

		if (got < (ssize_t)sizeof(*header))
			return -1;
		buffer[got] = '\0';
		if (header->nlmsg_type != AUDIT_SECCOMP)
			continue;
		if (read_record(NLMSG_DATA(header), marker, arch, &nr))
			return 0;
		if (read_record(NLMSG_DATA(header), pid, arch, &nr))
			fprintf(to, "%s %ld\n", arch, nr);
	}
	return -1;
}

int main(int argc, char **argv)
{
	int fd = join(), status, ignored;
	FILE *to = argc < 3 ? NULL : fopen(argv[1], "we");
	pid_t pid, marker;

	if (fd < 0 || !to) {
		perror("records");
		return 99;
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(98);
	}
	waitpid(pid, &status, 0);
	marker = mark();
	if (waitpid(marker, &ignored, 0) < 0 || collect(fd, pid, marker, to) < 0 || fclose(to) != 0) {
		fputs("records: the kernel's records are incomplete\n", stderr);
		return 99;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

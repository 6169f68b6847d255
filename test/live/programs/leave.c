/*
 * leave HOW: a child opens an audit session of its own (as cron and sshd do), makes a rare call there, and ends.
 * once: a child; double: a grandchild whose parent has ended, and a child of its own; slow: once, and stays a while;
 * new: once, with a rare call that the other ways do not make.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);

	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(9);
	close(fd);
}

static void child(const char *how)
{
	leave();
	syscall(SYS_getpriority, 0, 0);
	if (!strcmp(how, "new"))
		syscall(SYS_sched_getscheduler, 0);
	if (!strcmp(how, "slow"))
		usleep(300000);
	if (!strcmp(how, "double") && fork() == 0)
		syscall(SYS_sched_yield);
	_exit(0);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "once";
	int status = 0;
	pid_t pid = fork();

	if (pid == 0 && (strcmp(how, "double") || fork() == 0))
		child(how);
	if (pid == 0)
		_exit(0);
	wait(&status);
	return status ? 1 : 0;
}

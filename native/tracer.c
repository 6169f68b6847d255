#include "tracer.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void keep_only(int fd);
static void follow(pid_t target);
static bool is_group_stop(int status);
static void release(pid_t target);

void tracer_run(pid_t target, int report)
{
	int error = 0;

	keep_only(report);
	if (ptrace(PTRACE_SEIZE, target, 0L, PTRACE_O_SUSPEND_SECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		error = -errno;
	/* Nobody reads: the target is gone, and whoever may bear its number now is not ours. */
	if (write(report, &error, sizeof(error)) != (ssize_t)sizeof(error)) {
		if (error == 0)
			release(target);
		_exit(1);
	}
	close(report);
	if (error == 0)
		follow(target);
	_exit(0);
}

/* The target's files must not stay open a moment longer because of the tracer. */
static void keep_only(int fd)
{
	if (fd > 0)
		syscall(SYS_close_range, 0u, (unsigned int)fd - 1, 0u);
	syscall(SYS_close_range, (unsigned int)fd + 1, UINT_MAX, 0u);
}

static void follow(pid_t target)
{
	for (;;) {
		int status;

		if (waitpid(target, &status, __WALL) < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (!WIFSTOPPED(status))
			return;
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
			ptrace(PTRACE_DETACH, target, 0L, 0L);
			return;
		}
		/* Failing calls mean that the target was killed meanwhile; the next wait tells. */
		if (is_group_stop(status))
			ptrace(PTRACE_LISTEN, target, 0L, 0L);
		else if (status >> 16 == PTRACE_EVENT_STOP)
			ptrace(PTRACE_CONT, target, 0L, 0L);
		else
			ptrace(PTRACE_CONT, target, 0L, (long)WSTOPSIG(status));
	}
}

static bool is_group_stop(int status)
{
	int signal = WSTOPSIG(status);

	return status >> 16 == PTRACE_EVENT_STOP &&
	       (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU);
}

static void release(pid_t target)
{
	int status;

	ptrace(PTRACE_INTERRUPT, target, 0L, 0L);
	if (waitpid(target, &status, __WALL) == target && WIFSTOPPED(status))
		ptrace(PTRACE_DETACH, target, 0L, status >> 16 == PTRACE_EVENT_STOP ? 0L : (long)WSTOPSIG(status));
}

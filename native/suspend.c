#define _GNU_SOURCE /* pipe2 */
#include "suspend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer.h"

#define NUDGE_MS 100

static pid_t start_tracer(const int report[2]);
_Noreturn static void be_parent(pid_t target, int report);
static int read_report(int report, pid_t parent, const char **ret_step);
static pid_t clone_silently(void);
static int open_pipe(int ret_ends[2]);
static int move_up(int *fd);

int suspend_until_exec(const struct suspend_facts *facts, const char **ret_step)
{
	sigset_t all, before;
	int report[2];
	pid_t parent;
	int error = open_pipe(report);

	*ret_step = "pipe2";
	if (error < 0)
		return error;
	/* Nothing that arrives from here on may end the tracer or split the pair; it waits until the mask is put back. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	/* Yama 1 asks the target's leave: for its own descendants alone, and only until they have attached. */
	if (!facts->sys_ptrace)
		prctl(PR_SET_PTRACER, getpid(), 0, 0, 0);
	*ret_step = "clone";
	parent = start_tracer(report);
	error = parent < 0 ? (int)parent : 0;
	close(report[1]);
	if (parent > 0) {
		error = read_report(report[0], parent, ret_step);
		kill(parent, SIGKILL);
		waitpid(parent, NULL, __WALL);
	}
	close(report[0]);
	if (!facts->sys_ptrace)
		prctl(PR_SET_PTRACER, 0, 0, 0, 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return error;
}

static pid_t start_tracer(const int report[2])
{
	pid_t target = getpid();
	pid_t parent = clone_silently();

	if (parent < 0)
		return -errno;
	if (parent == 0) {
		close(report[0]);
		be_parent(target, report[1]);
	}
	return parent;
}

/* Lives until the target has heard of the tracer: Yama counts only living ancestors. */
static void be_parent(pid_t target, int report)
{
	pid_t tracer;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != target)
		_exit(0);
	/* Out of the target's process group: what is sent to that is not for the tracer. */
	setsid();
	tracer = clone_silently();
	if (tracer == 0)
		tracer_run(target, report);
	if (tracer < 0) {
		int error = -errno;

		if (write(report, &error, sizeof(error)) < 0)
			_exit(1);
	}
	close(report);
	for (;;)
		pause();
}

static int read_report(int report, pid_t parent, const char **ret_step)
{
	struct pollfd ready = { .fd = report, .events = POLLIN };
	ssize_t got;
	int error;

	/* A SIGSTOP to the whole process group may have caught the pair just before they left it; its SIGCONT did not. */
	while (poll(&ready, 1, NUDGE_MS) == 0) {
		kill(parent, SIGCONT);
		kill(-parent, SIGCONT);
	}
	got = read(report, &error, sizeof(error));
	if (got == (ssize_t)sizeof(error)) {
		*ret_step = "PTRACE_SEIZE";
		return error;
	}
	*ret_step = "the tracer";
	return got < 0 ? -errno : -ECHILD;
}

/* fork without the signal at its end: a SIGCHLD left pending, or one that is ignored, would reach the new program. */
static pid_t clone_silently(void)
{
	return (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
}

/* Above the standard streams: one of them may be closed, and a message must not end up in the pipe. */
static int open_pipe(int ret_ends[2])
{
	int error;

	if (pipe2(ret_ends, O_CLOEXEC) < 0)
		return -errno;
	error = move_up(&ret_ends[0]);
	if (error == 0)
		error = move_up(&ret_ends[1]);
	if (error < 0) {
		close(ret_ends[0]);
		close(ret_ends[1]);
	}
	return error;
}

static int move_up(int *fd)
{
	int moved;

	if (*fd > STDERR_FILENO)
		return 0;
	moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (moved < 0)
		return -errno;
	close(*fd);
	*fd = moved;
	return 0;
}

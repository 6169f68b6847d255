#define _GNU_SOURCE
#include "session-wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session-id.h"
#include "session-tree.h"

#define SCAN_MS 50
#define SCAN_NO_SESSION_MS 20
#define SCAN_SHARE 25 /* a scan may cost one part in so many of the time */
#define TERMINAL_TWIN_MS 1000

static const int PASSED_ON[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH };

static uint64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int wait_signals(sigset_t *ret_before, int *ret_fd)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(PASSED_ON) / sizeof(PASSED_ON[0]); i++)
		sigaddset(&set, PASSED_ON[i]);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, ret_before) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static bool asks_to_end(int signal_number)
{
	return signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGHUP || signal_number == SIGQUIT;
}

static void pass_on(struct session_wait *wait, int signal_number)
{
	if (!wait->main_ended)
		(void)kill(wait->main_pid, signal_number);
	else if (asks_to_end(signal_number))
		wait->told_to_end = true;
}

static void take_signals(struct session_wait *wait)
{
	struct signalfd_siginfo info;

	while (read(wait->signals, &info, sizeof(info)) == sizeof(info)) {
		int number = (int)info.ssi_signo;

		if (number == SIGCHLD)
			continue;
		/* A terminal sends to its whole foreground group: CMD has it already. */
		if (info.ssi_code == SI_KERNEL && number < 65)
			wait->kernel_ms[number] = monotonic_us() / 1000;
		if (info.ssi_code != SI_KERNEL || wait->main_ended)
			pass_on(wait, number);
	}
}

/* The observer cannot tell a terminal's signal from another's; we saw the terminal's twin of it just now. */
static bool is_twin(struct session_wait *wait, int number)
{
	uint64_t since = wait->kernel_ms[number];

	wait->kernel_ms[number] = 0;
	return since && monotonic_us() / 1000 - since < TERMINAL_TWIN_MS;
}

static void take_commands(struct session_wait *wait)
{
	int number = 0;
	enum session_command command;

	while ((command = lines_next(wait->lines, false, &number)) != COMMAND_NONE)
		if (command == COMMAND_SIGNAL && number > 0 && number < 65 && !is_twin(wait, number))
			pass_on(wait, number);
}

static void report_main(struct session_wait *wait, int status)
{
	wait->main_ended = true;
	wait->status = status;
	if (WIFSIGNALED(status))
		lines_say(wait->lines, "main-exit signal %d", WTERMSIG(status));
	else
		lines_say(wait->lines, "main-exit code %d", WEXITSTATUS(status));
}

/* False once no child is left. */
static bool reap(struct session_wait *wait)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return pid == 0;
		if (pid == wait->main_pid)
			report_main(wait, status);
	}
}

/* What was said of a process, so that it is said once. */
struct said {
	pid_t pid;
	uint32_t ses;
};

struct sayings {
	struct said *said;
	size_t count;
	size_t capacity;
};

static bool say_once(struct sayings *sayings, pid_t pid, uint32_t ses)
{
	for (size_t i = sayings->count; i-- > 0;)
		if (sayings->said[i].pid == pid && sayings->said[i].ses == ses)
			return false;
	if (sayings->count == sayings->capacity) {
		size_t capacity = sayings->capacity ? 2 * sayings->capacity : 64;
		struct said *more = reallocarray(sayings->said, capacity, sizeof(*more));

		if (!more)
			return true;
		sayings->said = more;
		sayings->capacity = capacity;
	}
	sayings->said[sayings->count++] = (struct said){ .pid = pid, .ses = ses };
	return true;
}

static void report_process(struct session_wait *wait, struct sayings *sayings, pid_t pid)
{
	uint32_t ses;

	if (!wait->has_session) {
		if (say_once(sayings, pid, wait->ses))
			lines_say(wait->lines, "process %d", pid);
		return;
	}
	if (session_of(pid, &ses) == 0 && ses != wait->ses && say_once(sayings, pid, ses))
		lines_say(wait->lines, "left %d %u", pid, ses);
}

/* Milliseconds until the next scan is due. */
static int scan(struct session_wait *wait, struct process_tree *tree, struct sayings *sayings)
{
	uint64_t from_us = monotonic_us();
	uint64_t cost_ms;
	int least = wait->has_session ? SCAN_MS : SCAN_NO_SESSION_MS;

	if (!wait->lines->observed || tree_scan(tree, getpid()) < 0)
		return 1000;
	for (size_t i = 0; i < tree->count; i++)
		if (tree->processes[i].ours)
			report_process(wait, sayings, tree->processes[i].pid);
	cost_ms = SCAN_SHARE * (monotonic_us() - from_us) / 1000;
	return cost_ms > (uint64_t)least ? (int)cost_ms : least;
}

static void report_running(struct session_wait *wait, struct process_tree *tree)
{
	size_t running = 0;

	if (tree_scan(tree, getpid()) == 0)
		for (size_t i = 0; i < tree->count; i++)
			running += tree->processes[i].ours;
	if (running)
		lines_say(wait->lines, "running %zu", running);
}

void wait_for_end(struct session_wait *wait)
{
	struct process_tree tree = { 0 };
	struct sayings sayings = { 0 };
	uint64_t due_us = monotonic_us() + (wait->has_session ? 1000 * SCAN_MS : 0);

	while (reap(wait) && !(wait->main_ended && (wait->main_only || wait->told_to_end))) {
		struct pollfd fds[] = {
			{ .fd = wait->signals, .events = POLLIN },
			{ .fd = wait->lines->observed ? wait->lines->command_fd : -1, .events = POLLIN },
		};
		uint64_t now_us = monotonic_us();

		if (now_us >= due_us)
			due_us = monotonic_us() + 1000 * (uint64_t)scan(wait, &tree, &sayings);
		(void)poll(fds, 2, due_us > now_us ? (int)((due_us - now_us) / 1000 + 1) : 0);
		take_signals(wait);
		take_commands(wait);
	}
	report_running(wait, &tree);
	tree_free(&tree);
	free(sayings.said);
}

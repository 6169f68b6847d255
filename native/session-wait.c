#define _GNU_SOURCE
#include "session-wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session-id.h"
#include "session-signals.h"
#include "session-tree.h"

#define SCAN_MS 50
#define SCAN_NO_SESSION_MS 20
#define SCAN_SHARE 25 /* a scan may cost one part in so many of the time */

static uint64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
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
		/* Once only: a descendant that comes to us later may bear the same number. */
		if (pid == wait->main_pid && !wait->main_ended)
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

	if (wait->lines->observed)
		maps_say(&wait->maps, wait->lines);
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
		int due_ms;

		if (now_us >= due_us)
			due_us = monotonic_us() + 1000 * (uint64_t)scan(wait, &tree, &sayings);
		due_ms = due_us > now_us ? (int)((due_us - now_us) / 1000 + 1) : 0;
		(void)poll(fds, 2, signals_due_ms(wait, due_ms));
		signals_take(wait);
	}
	report_running(wait, &tree);
	tree_free(&tree);
	free(sayings.said);
}

/*
 * Signals and violence while sandboxify starts a program, at random moments. Whatever happens, the program never runs without
 * its filter, and never hangs.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "random.h"
#include "start.h"
#include "tap.h"

#define WINDOW_US 6000 /* about the time from the filter to execve */
#define FIRST_MOMENTS_US 800

static volatile sig_atomic_t child_signals;

static void count_signal(int signal)
{
	(void)signal;
	child_signals++;
}

static unsigned draw(unsigned below)
{
	static struct random random = { .state = 1 };

	return random_below(&random, below);
}

static void wait_us(unsigned us)
{
	const struct timespec time = { .tv_nsec = us * 1000L };

	nanosleep(&time, NULL);
}

/* Half of them in the first moments, where the tracer comes to be. */
static void wait_a_moment(void)
{
	wait_us(draw(2) ? draw(FIRST_MOMENTS_US) : draw(WINDOW_US));
}

static void reap_adopted(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void kill_the_tracer(void)
{
	unsigned count = tap_sweep("the tracer is killed", 200), killed = 0, ended = 0, died = 0, ran = 0;
	bool lawful = true;

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (unsigned i = 0; i < count; i++) {
		struct start start = start_probe();
		pid_t tracer = 0;
		int status;

		for (unsigned tries = 0; !tracer && tries < 2000 && !start_has_ended(start.pid); tries++)
			tracer = start_find_tracer(start.pid);
		wait_a_moment();
		if (tracer && kill(tracer, SIGKILL) == 0)
			killed++;
		status = start_finish(start, "tracer killed");
		lawful = lawful && status >= 0;
		died += status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		ran += status >= 0 && WIFEXITED(status);
		ended += status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL;
		reap_adopted();
	}
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	tap_note("%u kills sent: %u targets died with their tracer, %u ran under their filter", killed, died, ran);
	tap_ok(lawful, "with the tracer killed at a random moment the program never runs unfiltered");
	tap_ok(died > 0, "a target whose tracer is killed before execve dies with it");
	tap_ok(ended == 0, "and of nothing else");
}

static void send_at_random(const char *what, int first, int second, bool to_group)
{
	unsigned count = tap_sweep(what, 100), died = 0, ran = 0;
	bool lawful = true;

	for (unsigned i = 0; i < count; i++) {
		struct start start = start_probe();
		pid_t to = to_group ? -start.pid : start.pid;
		int status;

		wait_a_moment();
		kill(to, first);
		if (second) {
			wait_us(draw(1000));
			kill(to, second);
		}
		status = start_finish(start, what);
		lawful = lawful && status >= 0;
		ran += status >= 0 && WIFEXITED(status);
		died += status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) == first;
	}
	tap_note("%s: %u died of it, %u ran", what, died, ran);
	if (second)
		tap_ok(lawful && ran == count, "%s at a random moment: the program runs to its end", what);
	else
		tap_ok(lawful && died > 0 && died + ran == count, "%s at a random moment: the program dies of it or had ended", what);
}

/* The parent sees a stop as it would without a tracer. */
static void report_stops(void)
{
	unsigned count = tap_sweep("stops are seen", 30), seen = 0, ran = 0;

	for (unsigned i = 0; i < count; i++) {
		struct start start = start_probe();
		siginfo_t info = { 0 };

		wait_a_moment();
		kill(start.pid, SIGSTOP);
		if (!start_has_ended(start.pid) && waitid(P_PID, (id_t)start.pid, &info, WSTOPPED | WEXITED | WNOWAIT) == 0)
			seen += info.si_code == CLD_STOPPED && info.si_status == SIGSTOP;
		kill(start.pid, SIGCONT);
		ran += start_finish(start, "stopped") == 0;
	}
	tap_ok(ran == count && seen > 0, "a stop is reported to the parent (%u times), and the program goes on", seen);
}

/* Nothing but the program itself ends as a child of the one who started it. */
static void count_children(void)
{
	unsigned count = tap_sweep("children are counted", 30), right = 0;
	const struct sigaction counting = { .sa_handler = count_signal, .sa_flags = SA_NOCLDSTOP | SA_RESTART };
	struct sigaction before;

	sigaction(SIGCHLD, &counting, &before);
	for (unsigned i = 0; i < count; i++) {
		struct start start;

		child_signals = 0;
		start = start_probe();
		right += start_finish(start, "children") == 0 && child_signals == 1 && waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
	}
	sigaction(SIGCHLD, &before, NULL);
	tap_ok(right == count, "the parent gets one SIGCHLD and has one child (%u of %u)", right, count);
}

int main(void)
{
	if (geteuid() != 0) {
		tap_skip("sandboxify under signals", "needs root: without CAP_SYS_ADMIN there is no tracer");
		return tap_done();
	}
	count_children();
	kill_the_tracer();
	send_at_random("SIGTERM", SIGTERM, 0, false);
	send_at_random("SIGTERM to the group", SIGTERM, 0, true);
	send_at_random("SIGSTOP, SIGCONT", SIGSTOP, SIGCONT, false);
	send_at_random("SIGSTOP, SIGCONT to the group", SIGSTOP, SIGCONT, true);
	send_at_random("SIGTSTP, SIGCONT to the group", SIGTSTP, SIGCONT, true);
	report_stops();
	return tap_done();
}

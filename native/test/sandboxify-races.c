/*
 * Signals and violence while sandboxify starts a program, at random moments. Whatever happens, the program never runs without
 * its filter, and never hangs. The window is widened by a long PATH: execve is tried in every directory of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

#define DIRECTORIES 1500 /* of PATH: some milliseconds of failing execve */
#define WINDOW_US 6000
#define FIRST_MOMENTS_US 800
#define PATIENCE_MS 10000

struct start {
	pid_t pid;
	int output;
};

static char path[DIRECTORIES * 3 + 64];
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

/* sandboxify probe, in a process group of its own. */
static struct start start_probe(void)
{
	static char *const argv[] = { "sandboxify", "probe", NULL };
	char *const envp[] = { path, "SECCOMP_SYSCALL_DENY=bpf:execve", "SECCOMP_QUIET=1", NULL };
	int ends[2];
	struct start start = { .pid = -1 };

	if (pipe2(ends, O_CLOEXEC) < 0)
		return start;
	start.pid = fork();
	if (start.pid == 0) {
		setpgid(0, 0);
		dup2(ends[1], STDOUT_FILENO);
		execve("build/sandboxify", argv, envp);
		_exit(99);
	}
	setpgid(start.pid, start.pid);
	close(ends[1]);
	start.output = ends[0];
	return start;
}

/* All that the program wrote; false where it neither writes nor ends. */
static bool read_output(int fd, char *buffer, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t length = 0;
	ssize_t got = -1;

	while (length < size - 1 && poll(&ready, 1, PATIENCE_MS) > 0) {
		got = read(fd, buffer + length, size - 1 - length);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	buffer[length] = '\0';
	close(fd);
	return got == 0;
}

/* Waits for the end; -1 where the output broke the law: whatever the program says, it says it under its filter. */
static int finish(struct start start, const char *what)
{
	char text[4096];
	int status;

	if (!read_output(start.output, text, sizeof(text))) {
		tap_note("%s: hangs", what);
		kill(-start.pid, SIGKILL);
		waitpid(start.pid, &status, 0);
		return -1;
	}
	if (waitpid(start.pid, &status, 0) != start.pid)
		return -1;
	if (text[0] && !strstr(text, "\nSeccomp 2\n")) {
		tap_note("%s: ran without a filter: %s", what, text);
		return -1;
	}
	if (WIFEXITED(status) && (WEXITSTATUS(status) != 0 || !text[0])) {
		tap_note("%s: exit %d: %s", what, WEXITSTATUS(status), text);
		return -1;
	}
	return status;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

static pid_t first_child(pid_t of)
{
	char name[64], text[64] = "";
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", of, of);
	file = fopen(name, "re");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return (pid_t)strtol(text, NULL, 10);
}

/* The tracer: a child of the target's child at first; then, the test being a subreaper, a child of the test. */
static pid_t find_tracer(pid_t target)
{
	char text[256] = "";
	FILE *file;
	pid_t parent = first_child(target), tracer = parent ? first_child(parent) : 0;
	char *at = text;

	if (tracer)
		return tracer;
	snprintf(text, sizeof(text), "/proc/self/task/%d/children", getpid());
	file = fopen(text, "re");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	while ((tracer = (pid_t)strtol(at, &at, 10)) != 0 && tracer == target)
		;
	return tracer;
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

		for (unsigned tries = 0; !tracer && tries < 2000 && !has_ended(start.pid); tries++)
			tracer = find_tracer(start.pid);
		wait_a_moment();
		if (tracer && kill(tracer, SIGKILL) == 0)
			killed++;
		status = finish(start, "tracer killed");
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
		status = finish(start, what);
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
		if (!has_ended(start.pid) && waitid(P_PID, (id_t)start.pid, &info, WSTOPPED | WEXITED | WNOWAIT) == 0)
			seen += info.si_code == CLD_STOPPED && info.si_status == SIGSTOP;
		kill(start.pid, SIGCONT);
		ran += finish(start, "stopped") == 0;
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
		right += finish(start, "children") == 0 && child_signals == 1 && waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
	}
	sigaction(SIGCHLD, &before, NULL);
	tap_ok(right == count, "the parent gets one SIGCHLD and has one child (%u of %u)", right, count);
}

int main(void)
{
	char *end = stpcpy(path, "PATH=");

	if (geteuid() != 0) {
		tap_skip("sandboxify under signals", "needs root: without CAP_SYS_ADMIN there is no tracer");
		return tap_done();
	}
	for (int i = 0; i < DIRECTORIES; i++)
		end = stpcpy(end, "/x:");
	strcpy(end, "build/targets");
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

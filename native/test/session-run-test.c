/* session-run on the kernel: CMD's status, signals and privileges are what they would be without it. */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "tap.h"

static char own_path[PATH_MAX];

static void is_status(int wanted, int found, const char *what)
{
	if (!tap_ok(wanted == found, "%s", what))
		tap_note("wanted %d, found %d; it said: %s", wanted, found, session.said);
}

static void ignore_children(void)
{
	signal(SIGCHLD, SIG_IGN);
}

static void test_status(void)
{
	const struct session_begin ignored = { .script = "exit 7", .prepare = ignore_children };
	/* In a pid namespace of its own, where numbers are ours to give: an orphan is given that of CMD, which has ended. */
	const struct session_begin reused = {
		.before = { "unshare", "-pf", "--kill-child", "--mount-proc" },
		.script = "export me=$$; (sleep .1; echo $((me - 1)) >/proc/sys/kernel/ns_last_pid;"
			  " sh -c '[ $$ = $me ] && echo reused; sleep .1; exit 33' &) & exit 7",
	};
	char out[16] = "";
	int code;

	is_status(7, session_start(&ignored) ? session_end() : -1, "SIGCHLD ignored by the caller: CMD's code is known");
	if (!session_start(&reused)) {
		is_status(7, -1, "a number used again");
		return;
	}
	tap_ok(read(session.out, out, sizeof(out) - 1) > 0 && strcmp(out, "reused\n") == 0, "a descendant gets CMD's number");
	code = session_end();
	is_status(7, code, "and its end is not taken for CMD's");
}

static volatile sig_atomic_t counted;
static volatile sig_atomic_t told_to_end;

static void take(int number)
{
	if (number == SIGUSR2)
		told_to_end = 1;
	else if (write(STDOUT_FILENO, ".", 1) == 1)
		counted++;
}

/* CMD of the tests of signals: a byte for each SIGUSR1, and as exit code how many there were until SIGUSR2. */
static int be_counter(void)
{
	signal(SIGUSR1, take);
	signal(SIGUSR2, take);
	if (write(STDOUT_FILENO, "^", 1) != 1)
		return 99;
	for (int i = 0; i < 1000 && !told_to_end; i++)
		usleep(10000);
	return counted;
}

static bool hear_byte(void)
{
	struct pollfd ready = { .fd = session.out, .events = POLLIN };
	char byte;

	return poll(&ready, 1, 2000) > 0 && read(session.out, &byte, 1) == 1;
}

/* How many CMD got of the five that SEND_ONE sent, each after the one before had come. */
static int count(void (*send_one)(void))
{
	char script[PATH_MAX + 32];
	const struct session_begin counting = { .script = script };

	snprintf(script, sizeof(script), "exec '%s' count", own_path);
	if (!session_start(&counting) || !hear_byte())
		return -1;
	for (int i = 0; i < 5; i++) {
		send_one();
		if (!hear_byte())
			tap_note("the signal did not come");
	}
	usleep(500000); /* whatever comes twice has come by then */
	session_say("signal 12\n");
	return session_end();
}

static void to_observer(void)
{
	session_say("signal 10\n");
}

static void to_session_run(void)
{
	kill(session.pid, SIGUSR1);
}

/* As by `kill %1` or timeout(1); the observer is of the group and passes on what it gets. */
static void to_group(void)
{
	kill(-session.pid, SIGUSR1);
	usleep(5000);
	to_observer();
}

/* CMD dies of it, a descendant winds up: nobody has asked us to leave that one. */
static void test_end_of_group(void)
{
	const struct session_begin start = { .script = "(trap '' TERM; sleep .6) & echo up; exec sleep 5" };
	int code = -1;

	if (session_start(&start) && hear_byte()) {
		usleep(100000);
		kill(-session.pid, SIGTERM);
		usleep(5000);
		session_say("signal 15\n");
		code = session_end();
	}
	is_status(128 + SIGTERM, code, "a signal to the process group ends CMD");
	if (!tap_ok(!strstr(session.said, "\nrunning "), "and its descendants are waited for"))
		tap_note("it said: %s", session.said);
}

static void test_signals(void)
{
	_Static_assert(SIGUSR1 == 10 && SIGUSR2 == 12 && SIGTERM == 15, "what is said here");

	is_status(5, count(to_observer), "a signal to the observer reaches CMD once");
	is_status(5, count(to_session_run), "a signal to session-run reaches CMD once");
	is_status(5, count(to_group), "a signal to the process group reaches CMD once");
	test_end_of_group();
}

/* As another user CMD has that user's privileges, whatever a caller who is not root may do. */
static void test_user(void)
{
	static const char caps[] = "+setuid,+setgid,+audit_control,+sys_admin";
	const struct session_begin start = {
		.before = { "setpriv", "--reuid=1", "--regid=1", "--clear-groups", "--inh-caps", caps, "--ambient-caps", caps },
		.option = { "--user", "nobody" },
		.script = "[ $(id -u) = 65534 ] || exit 1; ! grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | grep -v 0000000000000000",
	};

	is_status(0, session_start(&start) ? session_end() : -1, "--user by a caller with capabilities: CMD has none");
}

static void test_wrong_user(void)
{
	static const char *const users[] = { "4294967296", "0x0", "65534x", "-1", "4294967295", "" };

	for (unsigned i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		const struct session_begin start = { .option = { "--user", users[i] }, .script = "true" };
		bool started = session_start(&start);

		session_end();
		tap_ok(!started, "--user '%s' is refused", users[i]);
	}
}

static void test_marker(void)
{
	const struct session_begin start = { .script = "! tr '\\0' ' ' </proc/$PPID/cmdline | grep -q '[7]654321'" };

	is_status(0, session_start(&start) ? session_end() : -1, "CMD does not find the marker on our command line");
}

/* Where every user may read it. */
static bool copy_program(char *directory)
{
	char command[3 * PATH_MAX];

	snprintf(command, sizeof(command), "chmod 755 '%s' && cp '%s' '%s/'", directory, session_program, directory);
	if (system(command) != 0)
		return false;
	snprintf(session_program, PATH_MAX, "%s/session-run", directory);
	return true;
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/session-run-test-XXXXXX";
	char *slash;

	if (argc == 2 && strcmp(argv[1], "count") == 0)
		return be_counter();
	if (geteuid() != 0) {
		tap_skip("session-run", "these tests want root");
		return tap_done();
	}
	if (readlink("/proc/self/exe", session_program, PATH_MAX - 16) < 0 || !mkdtemp(directory))
		return 1;
	strcpy(own_path, session_program);
	for (int i = 0; i < 2 && (slash = strrchr(session_program, '/')); i++)
		*slash = '\0';
	strcat(session_program, "/session-run");
	if (tap_ok(copy_program(directory), "session-run is there")) {
		test_status();
		test_signals();
		test_user();
		test_wrong_user();
		test_marker();
		unlink(session_program);
	}
	rmdir(directory);
	return tap_done();
}

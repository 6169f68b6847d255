/* Runs CMD in an audit session of its own, between two marker records: see HELP. Alone in this program it prints and ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit-netlink.h"
#include "session-id.h"
#include "session-lines.h"
#include "session-maps.h"
#include "session-marker.h"
#include "session-signals.h"
#include "session-start.h"
#include "session-wait.h"

#define EXIT_OWN 125 /* of a program that runs another one, as env(1) has it */
#define EXIT_NOT_RUN 126
#define EXIT_NOT_FOUND 127

static const char HELP[] =
	"usage: session-run --marker N --control-fd FD --command-fd FD --path FILE [--user U] [--wait main|all]\n"
	"                   [--set NAME=VALUE]... [--unset NAME]... -- ARG0 [ARG]...\n"
	"Runs CMD in an audit session of its own, between two marker records, as a part of `profiler observe`.\n"
	"  --path FILE     CMD's file, executed as it is (no look-up in PATH), with the arguments ARG0...\n"
	"  --marker N      24-bit number that the marker calls carry (decimal)\n"
	"  --control-fd    lines are written here: session N | no-session ERRNO N; status JSON | status-error ERRNO;\n"
	"                  marker begin|end PID | marker-error ERRNO; started PID | exec-error ERRNO; left PID SES;\n"
	"                  forked, executed, mapped … (session-maps.h) | no-maps ERRNO;\n"
	"                  process PID (without a session); main-exit code|signal N; running N; sessions N\n"
	"  --command-fd    and read here: again (the marker), go, quit, signal N (for CMD)\n"
	"  --user U        CMD runs as U with U's groups; HOME, USER, LOGNAME and SHELL become U's\n"
	"  --wait          all: until every descendant has ended (the default); main: until CMD has\n"
	"  --set, --unset  for CMD's environment alone\n"
	"Exit: CMD's code, or 128 and the signal's number; 125 own failure, 126 CMD cannot run, 127 CMD not found.\n";

struct session_run {
	struct session_lines lines;
	struct session_user user;
	struct session_wait wait;
	long marker;
	int control_fd;
	int command_fd;
	const char *path;
	char **argv;
};

static void say_status(struct session_lines *lines)
{
	struct audit_status status;
	char json[512];
	int r = audit_get_status(&status);

	if (r) {
		lines_say(lines, "status-error %s", errno_name(-r));
		return;
	}
	(void)audit_status_json(&status, json, sizeof(json));
	lines_say(lines, "status %s", json);
}

static void open_session(struct session_run *run)
{
	uint32_t inherited = SESSION_UNSET;
	int r = session_open(&run->wait.ses);

	run->wait.has_session = r == 0;
	if (!r) {
		lines_say(&run->lines, "session %u", run->wait.ses);
		return;
	}
	(void)session_of(0, &inherited);
	run->wait.ses = inherited;
	lines_say(&run->lines, "no-session %s %u", errno_name(-r), inherited);
}

static void mark(struct session_run *run, bool end)
{
	pid_t pid;
	int r = marker_emit((uint32_t)run->marker, end, &pid);

	if (r)
		lines_say(&run->lines, "marker-error %s", errno_name(-r));
	else
		lines_say(&run->lines, "marker %s %d", end ? "end" : "begin", (int)pid);
}

/* Emits a marker, again as often as asked. True for go, false for quit or an observer that has gone. */
static bool mark_until_told(struct session_run *run, bool end)
{
	int ignored;

	mark(run, end);
	for (;;) {
		switch (lines_next(&run->lines, true, &ignored)) {
		case COMMAND_AGAIN:
			mark(run, end);
			break;
		case COMMAND_GO:
			return true;
		case COMMAND_QUIT:
			return false;
		case COMMAND_NONE:
		case COMMAND_SIGNAL:
			break;
		}
	}
}

static void say_next_session(struct session_run *run)
{
	uint32_t next;

	if (run->wait.has_session && session_next(&next) == 0)
		lines_say(&run->lines, "sessions %u", next);
}

static int run_session(struct session_run *run)
{
	sigset_t mask;
	int r = signals_block(&mask, &run->wait.signals);

	if (!r && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		r = -errno;
	if (r) {
		fprintf(stderr, "session-run: cannot set up: %s\n", strerror(-r));
		return EXIT_OWN;
	}
	open_session(run);
	say_status(&run->lines);
	if (!mark_until_told(run, false))
		return EXIT_OWN;
	r = maps_open(&run->wait.maps);
	if (r)
		lines_say(&run->lines, "no-maps %s", errno_name(-r));
	r = start_command(run->path, run->argv, &run->user, &mask, &run->wait.main_pid);
	if (r) {
		lines_say(&run->lines, "exec-error %s", errno_name(-r));
		return r == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
	}
	run->wait.lines = &run->lines;
	lines_say(&run->lines, "started %d", (int)run->wait.main_pid);
	wait_for_end(&run->wait);
	maps_say(&run->wait.maps, &run->lines);
	maps_close(&run->wait.maps);
	say_next_session(run);
	say_status(&run->lines);
	(void)mark_until_told(run, true);
	return WIFSIGNALED(run->wait.status) ? 128 + WTERMSIG(run->wait.status) : WEXITSTATUS(run->wait.status);
}

static int usage(const char *what)
{
	fprintf(stderr, "session-run: %s\n%s", what, HELP);
	return EXIT_OWN;
}

static void become_known_as(const struct session_user *user)
{
	setenv("HOME", user->home, 1);
	setenv("SHELL", user->shell && user->shell[0] ? user->shell : "/bin/sh", 1);
	setenv("USER", user->name, 1);
	setenv("LOGNAME", user->name, 1);
}

/* Our own environment becomes CMD's; nothing between here and its execve reads it. */
static int change_environment(int argc, char **argv, const struct option *options)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		int r = 0;

		if (option == 's')
			r = strchr(optarg, '=') ? putenv(optarg) : -1;
		if (option == 'u')
			r = unsetenv(optarg);
		if (r)
			return -EINVAL;
	}
	return 0;
}

/* NULL, or what is wrong with an option's value. */
static const char *take_option(struct session_run *run, int option)
{
	char *end = NULL;

	switch (option) {
	case 'm':
		run->marker = strtol(optarg, &end, 10);
		if (end == optarg || *end || run->marker < 0 || run->marker > (long)MARKER_NONCE_MAX)
			return "--marker: want a number below 16777216";
		/* CMD can read our command line; where pids cannot be compared, this is all that tells its calls from a marker. */
		memset(optarg, '0', strlen(optarg));
		return NULL;
	case 'c':
		run->control_fd = atoi(optarg);
		return NULL;
	case 'd':
		run->command_fd = atoi(optarg);
		return NULL;
	case 'p':
		run->path = optarg;
		return NULL;
	case 'w':
		run->wait.main_only = !strcmp(optarg, "main");
		return run->wait.main_only || !strcmp(optarg, "all") ? NULL : "--wait: want main or all";
	case 'U':
		return user_find(optarg, &run->user) ? "--user: no such user" : NULL;
	default: /* --set and --unset come last: change_environment() */
		return NULL;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "marker", required_argument, NULL, 'm' },	{ "control-fd", required_argument, NULL, 'c' },
		{ "command-fd", required_argument, NULL, 'd' }, { "user", required_argument, NULL, 'U' },
		{ "wait", required_argument, NULL, 'w' },	{ "set", required_argument, NULL, 's' },
		{ "unset", required_argument, NULL, 'u' },	{ "path", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },		{ NULL, 0, NULL, 0 },
	};
	struct session_run run = { .marker = -1, .control_fd = -1, .command_fd = -1 };
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		const char *wrong = option == '?' ? "unknown option" : take_option(&run, option);

		if (option == 'h')
			return fputs(HELP, stdout) < 0 ? EXIT_OWN : 0;
		if (wrong)
			return usage(wrong);
	}
	if (run.marker < 0 || !run.path || optind == argc)
		return usage("want --marker N, --path FILE and ARG0");
	run.argv = argv + optind;
	if (lines_open(run.control_fd, run.command_fd, &run.lines))
		return usage("--control-fd and --command-fd: want open descriptors");
	if (run.user.name)
		become_known_as(&run.user);
	if (change_environment(argc, argv, options))
		return usage("--set: want NAME=VALUE; --unset: want NAME");
	return run_session(&run);
}

/* Threads: those that a constructor started before the filter, and those that come after it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "live.h"
#include "tap.h"

/* Constructors of libraries preloaded later run earlier: early.so starts its thread before the filter is loaded. */
static const struct live_end *run_early(const char *command, const char *policy, const char *action, const char *filter)
{
	static char preload[8192];
	const struct live_start start = { .argv = { live_path("subject"), command },
					  .environment = { preload, "EARLY=1", "SECCOMP_QUIET=1", policy, action, filter } };

	snprintf(preload, sizeof(preload), "%s:%s", live_preload(), live_path("early.so"));
	return live_run(&start);
}

static void test_early(void)
{
	const struct live_end *end = run_early("status", "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", NULL);

	tap_ok(live_explain(strncmp(end->out, "early 0\n", 8) == 0, end), "a thread starts before the filter, unfiltered");
	tap_ok(live_explain(strcmp(end->out, "early 0\n0 2 1\n0 2 1\n") == 0, end), "it is filtered like the main thread afterwards");
	end = run_early("status", "SECCOMP_SYSCALL_DENY=getppid", "SECCOMP_DEFAULT_ACTION=kill", NULL);
	tap_ok(live_explain(strcmp(end->out, "early 0\n1 2 1\n1 2 1\n") == 0, end), "and so it is when enforcing, with no_new_privs");
	end = run_early("sleep", "SECCOMP_SYSCALL_DENY=getppid", "SECCOMP_DEFAULT_ACTION=kill", NULL);
	tap_ok(live_explain(live_killed(end, SIGSYS), end), "its denied call kills the whole process");
}

static void test_foreign_filter(void)
{
	const struct live_end *end = run_early("hello", "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", "EARLY_FILTER=1");

	tap_ok(live_explain(live_exited(end, 1) && strstr(end->out, "hello") == NULL &&
				    strcmp(end->err, "seccomp: the filter cannot be loaded: ESRCH, another thread of this process has a filter of "
						     "its own\n") == 0,
			    end),
	       "a thread with a filter of its own: refused before main");
}

static void test_late(void)
{
	struct live_start start = { .argv = { live_path("subject"), "thread" },
				    .environment = { live_preload(), "SECCOMP_QUIET=1", "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" } };
	static const char *const programs[] = { "subject", "subject-musl", "subject-needed" };

	for (int i = 0; i < 3; i++) {
		const struct live_end *end;

		start.argv[0] = live_path(programs[i]);
		end = live_run(&start);
		tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "0 2 1\n") == 0, end), "%s: a thread that comes later is filtered",
		       programs[i]);
	}
}

int main(void)
{
	if (!live_begin())
		return 1;
	test_early();
	test_foreign_filter();
	test_late();
	live_finish();
	return tap_done();
}

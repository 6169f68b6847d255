/* What children see: the filter, and nothing of what loaded it. */
#define _GNU_SOURCE
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "live.h"
#include "tap.h"

#define LOG_ALL "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", "SECCOMP_QUIET=1"

/* One LD_PRELOAD, and what is left of it in the program; entries are files of the test directory. */
static const struct preload_case {
	const char *what;
	const char *entries[3];
	char separator;
	const char *left;
} preloads[] = {
	{ "alone", { "libsandbox.so" }, ':', NULL },
	{ "before another library", { "libsandbox.so", "other.so" }, ':', "other.so" },
	{ "behind another library", { "other.so", "libsandbox.so" }, ' ', "other.so" },
	{ "by two paths", { "libsandbox.so", "./libsandbox.so" }, ':', NULL },
	{ "through a symbolic link", { "link.so" }, ':', NULL },
	{ "named so, but another file", { "other/libsandbox.so", "libsandbox.so" }, ':', "other/libsandbox.so" },
};

static void test_preload(const struct preload_case *test, const char *program)
{
	char preload[4 * PATH_MAX] = "LD_PRELOAD=", wanted[2 * PATH_MAX] = "A=1\n";
	const struct live_start start = { .argv = { live_path(program), "environment" }, .environment = { "A=1", preload, LOG_ALL, "B=2" } };
	const struct live_end *end;

	for (int i = 0; i < 3 && test->entries[i]; i++) {
		size_t length = strlen(preload);

		snprintf(preload + length, sizeof(preload) - length, "%s%.1s", live_path(test->entries[i]), &test->separator);
	}
	preload[strlen(preload) - 1] = '\0';
	if (test->left)
		snprintf(wanted, sizeof(wanted), "A=1\nLD_PRELOAD=%s\n", live_path(test->left));
	strcat(wanted, "B=2\n");
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, wanted) == 0, end), "%s in LD_PRELOAD, %s", program, test->what);
}

/* Relative to the working directory, and by a name that the loader searches for. */
static void test_search(void)
{
	char search[PATH_MAX + 20];
	struct live_start start = { .argv = { live_path("subject"), "environment" }, .environment = { search, "LD_PRELOAD=libsandbox.so", LOG_ALL } };
	char wanted[PATH_MAX + 40];
	const struct live_end *end;

	snprintf(search, sizeof(search), "LD_LIBRARY_PATH=%s", live_path(""));
	snprintf(wanted, sizeof(wanted), "%s\n", search);
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, wanted) == 0, end), "a searched name goes too");
}

static void test_untouched(void)
{
	char wanted[PATH_MAX + 80];
	const struct live_start start = { .argv = { live_path("subject"), "environment" },
					  .environment = { live_preload(), "SECCOMP_DEFAULT_ACTION=log", "SECCOMP_QUIET=1" } };
	const struct live_end *end = live_run(&start);

	snprintf(wanted, sizeof(wanted), "%s\nSECCOMP_DEFAULT_ACTION=log\nSECCOMP_QUIET=1\n", live_preload());
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, wanted) == 0, end),
	       "without a list the environment stays: a child may be given one");
}

static void test_chain(void)
{
	const struct live_start run = { .argv = { live_path("subject"), "run", live_path("subject"), "run", live_path("subject"), "status" },
					.environment = { live_preload(), "SECCOMP_SYSCALL_ALLOW=execve", "SECCOMP_DEFAULT_ACTION=log" } };
	const struct live_start exec = { .argv = { live_path("subject"), "exec", live_path("subject-musl"), "status" },
					 .environment = { live_preload(), LOG_ALL } };
	const struct live_start dies = { .argv = { live_path("subject"), "run", live_path("subject"), "sigpipe" },
					 .environment = { live_preload(), "SECCOMP_SYSCALL_DENY=rt_sigpending", "SECCOMP_QUIET=1" } };
	const struct live_end *end = live_run(&run);

	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "0 2 1\n") == 0 &&
				    strcmp(end->err, "adding execve to the process seccomp filter\n") == 0,
			    end),
	       "a grandchild has one filter, loaded once");
	end = live_run(&exec);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "0 2 1\n") == 0, end), "after execve there is one filter");
	end = live_run(&dies);
	tap_ok(live_explain(live_exited(end, 128 + SIGSYS), end), "a child dies of what is denied");
}

static void hide_proc(void)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) != 0)
		_exit(126);
}

static void test_without_proc(void)
{
	struct live_start start = { .argv = { live_path("subject"), "environment" },
				    .environment = { "A=1", live_preload(), LOG_ALL },
				    .prepare = hide_proc };
	const struct live_end *end;

	if (geteuid() != 0) {
		tap_skip("without /proc", "mounting wants root");
		return;
	}
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "A=1\n") == 0, end), "without /proc: filtered, and the environment clean");
	start.argv[1] = "hello";
	start.environment[2] = "SECCOMP_SYSCALL_DENY=write";
	start.environment[3] = "SECCOMP_QUIET=1";
	start.environment[4] = NULL;
	end = live_run(&start);
	tap_ok(live_explain(live_killed(end, SIGSYS), end), "without /proc: what is denied dies");
}

int main(void)
{
	char command[3 * PATH_MAX];

	if (!live_begin())
		return 1;
	/* Two libraries that are not ours, one of them under our name. */
	snprintf(command, sizeof(command), "cd '%s' && ln -s libsandbox.so link.so && mkdir other && cp early.so other.so && cp early.so other/libsandbox.so",
		 live_path(""));
	if (system(command) != 0)
		return 1;
	for (unsigned i = 0; i < sizeof(preloads) / sizeof(preloads[0]); i++) {
		test_preload(&preloads[i], "subject");
		test_preload(&preloads[i], "subject-musl");
	}
	test_search();
	test_untouched();
	test_chain();
	test_without_proc();
	live_finish();
	return tap_done();
}

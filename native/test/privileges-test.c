/* no_new_privs: set when enforcing, not while learning with CAP_SYS_ADMIN; and as SECCOMP_NO_NEW_PRIVS says. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"
#include "tap.h"

#define NOBODY 65534

static const struct privilege_case {
	const char *what;
	uid_t uid;
	const char *variables[3];
	const char *status; /* no_new_privs, seccomp mode, filters; NULL: refused */
	const char *err;
} cases[] = {
	{ "root, log", 0, { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" }, "0 2 1\n", "" },
	{ "root, log, NO_NEW_PRIVS=1", 0, { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", "SECCOMP_NO_NEW_PRIVS=1" }, "1 2 1\n", "" },
	{ "root, kill", 0, { "SECCOMP_SYSCALL_DENY=" }, "1 2 1\n", "" },
	{ "root, kill, NO_NEW_PRIVS=0", 0, { "SECCOMP_SYSCALL_DENY=", "SECCOMP_NO_NEW_PRIVS=0" }, "0 2 1\n", "" },
	{ "nobody, log", NOBODY, { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" }, "1 2 1\n", "" },
	{ "nobody, kill", NOBODY, { "SECCOMP_SYSCALL_DENY=" }, "1 2 1\n", "" },
	{ "nobody, NO_NEW_PRIVS=0", NOBODY, { "SECCOMP_SYSCALL_DENY=", "SECCOMP_NO_NEW_PRIVS=0" }, NULL,
	  "seccomp: the filter cannot be loaded: EACCES, want CAP_SYS_ADMIN or SECCOMP_NO_NEW_PRIVS=1\n" },
	{ "root, no list", 0, { "SECCOMP_NO_NEW_PRIVS=1" }, "0 0 0\n", "" },
};

static void test_status(const struct privilege_case *test)
{
	struct live_start start = { .argv = { live_path("subject"), "status" }, .environment = { live_preload() }, .uid = test->uid };
	const struct live_end *end;

	memcpy(start.environment + 1, test->variables, sizeof(test->variables));
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, test->status ? 0 : 1) && strcmp(end->out, test->status ? test->status : "") == 0 &&
				    strcmp(end->err, test->err) == 0,
			    end),
	       "%s: %s", test->what, test->status ? "no_new_privs, mode and filters are right" : "no program runs");
}

/* id(1), owned by nobody and set-uid: a child that no_new_privs would leave with our own uid. */
static void test_set_id_child(void)
{
	static const struct {
		const char *what, *variables[3], *uid;
	} tests[] = {
		{ "log", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" }, "65534\n" },
		{ "log, NO_NEW_PRIVS=1", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", "SECCOMP_NO_NEW_PRIVS=1" }, "0\n" },
		{ "kill", { "SECCOMP_SYSCALL_DENY=" }, "0\n" },
		{ "kill, NO_NEW_PRIVS=0", { "SECCOMP_SYSCALL_DENY=", "SECCOMP_NO_NEW_PRIVS=0" }, "65534\n" },
	};
	char command[2 * PATH_MAX];
	struct live_start start = { .argv = { live_path("subject"), "run", live_path("id"), "-u" }, .environment = { live_preload() } };

	snprintf(command, sizeof(command), "cp /usr/bin/id '%1$s' && chown 65534 '%1$s' && chmod 4755 '%1$s'", live_path("id"));
	if (system(command) != 0) {
		tap_ok(false, "a set-uid copy of id is made");
		return;
	}
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct live_end *end;

		memcpy(start.environment + 1, tests[i].variables, sizeof(tests[i].variables));
		end = live_run(&start);
		tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, tests[i].uid) == 0, end), "%s: a set-uid child runs as %.5s",
		       tests[i].what, tests[i].uid[0] == '0' ? "0" : tests[i].uid);
	}
}

int main(void)
{
	if (geteuid() != 0) {
		tap_skip("no_new_privs", "these tests want root");
		return tap_done();
	}
	if (!live_begin())
		return 1;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_status(&cases[i]);
	test_set_id_child();
	live_finish();
	return tap_done();
}

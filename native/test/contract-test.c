/* The environment contract on the kernel: what runs, what dies, what is said. */
#include <asm/unistd.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "live.h"
#include "syscalls.gen.h"
#include "tap.h"

#define TEXT(token) #token
#define NUMBER(macro) TEXT(macro)
#define HELLO "write:exit_group"
#define ADDING(name) "adding " name " to the process seccomp filter\n"

/* The program under test and the variables around it; 0 as exit code with SIGNAL: dies by it. */
struct expectation {
	const char *what;
	const char *variables[4];
	int code;
	int signal;
	const char *out;
	const char *err;
};

static const struct expectation tests[] = {
	{ "neither list: as it is", { "SECCOMP_DEFAULT_ACTION=kill" }, 0, 0, "hello\n", "" },
	{ "no variable at all", { NULL }, 0, 0, "hello\n", "" },
	{ "what is listed runs", { "SECCOMP_SYSCALL_ALLOW=" HELLO }, 0, 0, "hello\n", ADDING("write") ADDING("exit_group") },
	{ "quiet", { "SECCOMP_SYSCALL_ALLOW=" HELLO, "SECCOMP_QUIET=1" }, 0, 0, "hello\n", "" },
	{ "numbers", { "SECCOMP_SYSCALL_ALLOW=" NUMBER(__NR_write) ":" NUMBER(__NR_exit_group), "SECCOMP_QUIET=1" }, 0, 0, "hello\n", "" },
	{ "what is not listed dies", { "SECCOMP_SYSCALL_ALLOW=exit_group", "SECCOMP_QUIET=1" }, 0, SIGSYS, "", "" },
	{ "an empty list allows nothing", { "SECCOMP_SYSCALL_ALLOW=" }, 0, SIGSYS, "", "" },
	{ "an empty list, logged", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" }, 0, 0, "hello\n", "" },
	{ "what is denied dies", { "SECCOMP_SYSCALL_DENY=write", "SECCOMP_QUIET=1" }, 0, SIGSYS, "", "" },
	{ "what is not denied runs", { "SECCOMP_SYSCALL_DENY=getppid", "SECCOMP_QUIET=1" }, 0, 0, "hello\n", "" },
	{ "what is denied is logged", { "SECCOMP_SYSCALL_DENY=write", "SECCOMP_QUIET=1", "SECCOMP_DEFAULT_ACTION=log" }, 0, 0, "hello\n", "" },
	{ "nothing is denied", { "SECCOMP_SYSCALL_DENY=" }, 0, 0, "hello\n", "" },
	{ "both: ALLOW counts", { "SECCOMP_SYSCALL_ALLOW=" HELLO, "SECCOMP_SYSCALL_DENY=write" }, 0, 0, "hello\n",
	  "SECCOMP_SYSCALL_ALLOW and SECCOMP_SYSCALL_DENY are both set: ALLOW counts\n" ADDING("write") ADDING("exit_group") },
	{ "a call of another ABI is left out", { "SECCOMP_SYSCALL_ALLOW=cacheflush:" HELLO }, 0, 0, "hello\n",
	  "cacheflush is not a system call of " SYSCALL_ABI ": left out\n" ADDING("write") ADDING("exit_group") },
	{ "unknown names", { "SECCOMP_SYSCALL_ALLOW=" HELLO ":wriet:exti" }, 1, 0, "",
	  "SECCOMP_SYSCALL_ALLOW: unknown system calls \"wriet\", \"exti\", want names or decimal numbers, separated by ':' alone\n" },
	{ "unknown names in log mode, quiet", { "SECCOMP_SYSCALL_ALLOW=wriet", "SECCOMP_DEFAULT_ACTION=log", "SECCOMP_QUIET=1" }, 1, 0, "",
	  "SECCOMP_SYSCALL_ALLOW: unknown system calls \"wriet\", want names or decimal numbers, separated by ':' alone\n" },
	{ "an unknown action without a list", { "SECCOMP_DEFAULT_ACTION=errno" }, 1, 0, "",
	  "SECCOMP_DEFAULT_ACTION: found \"errno\", want \"kill\" or \"log\"\n" },
	{ "an unknown action", { "SECCOMP_SYSCALL_ALLOW=" HELLO, "SECCOMP_DEFAULT_ACTION=Log" }, 1, 0, "",
	  "SECCOMP_DEFAULT_ACTION: found \"Log\", want \"kill\" or \"log\"\n" },
	{ "a number too large", { "SECCOMP_SYSCALL_ALLOW=" HELLO ":1024" }, 1, 0, "",
	  "SECCOMP_SYSCALL_ALLOW: numbers out of range \"1024\", want 0 to 1023\n" },
};

static bool as_expected(const struct expectation *test, const char *program)
{
	struct live_start start = { .argv = { live_path(program), "hello" }, .environment = { "A=1", live_preload() } };
	const struct live_end *end;

	for (int i = 0; i < 4; i++)
		start.environment[2 + i] = test->variables[i];
	end = live_run(&start);
	return live_explain((test->signal ? live_killed(end, test->signal) : live_exited(end, test->code)) &&
				    strcmp(end->out, test->out) == 0 && strcmp(end->err, test->err) == 0 &&
				    end->writes == (test->err[0] != '\0'),
			    end);
}

/* The same words, for a stderr that is of no use. */
static void test_stderr(void)
{
	const struct live_end *end;
	struct live_start start = { .argv = { live_path("subject"), "hello" },
				    .environment = { live_preload(), "SECCOMP_SYSCALL_ALLOW=" HELLO } };

	start.stderr_as = LIVE_STDERR_CLOSED;
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "hello\n") == 0, end), "stderr closed: the program runs");
	start.stderr_as = LIVE_STDERR_BROKEN;
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "hello\n") == 0, end), "stderr a broken pipe: the program runs");
	start.argv[1] = "sigpipe";
	start.environment[1] = "SECCOMP_SYSCALL_DENY=getppid";
	end = live_run(&start);
	tap_ok(live_explain(strcmp(end->out, "0 0\n") == 0, end), "SIGPIPE is neither blocked nor pending afterwards");
	start.environment[1] = "SECCOMP_SYSCALL_DENY=foo";
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 1) && end->out[0] == '\0', end), "a mistake is refused all the same");
}

/* A preloaded library whose list every program of this machine could have, and the same built in. */
static void test_other_libcs(void)
{
	static const struct expectation listed = { "", { "SECCOMP_SYSCALL_ALLOW=" HELLO, "SECCOMP_QUIET=1" }, 0, 0, "hello\n", "" };
	static const struct expectation missing = { "", { "SECCOMP_SYSCALL_ALLOW=exit_group", "SECCOMP_QUIET=1" }, 0, SIGSYS, "", "" };
	static const struct expectation unknown = {
		"", { "SECCOMP_SYSCALL_ALLOW=foo" }, 1, 0, "",
		"SECCOMP_SYSCALL_ALLOW: unknown system calls \"foo\", want names or decimal numbers, separated by ':' alone\n"
	};
	static const char *const programs[] = { "subject-musl", "subject-bare" };

	for (int i = 0; i < 2; i++) {
		tap_ok(as_expected(&listed, programs[i]), "%s: what is listed runs", programs[i]);
		tap_ok(as_expected(&missing, programs[i]), "%s: what is not listed dies", programs[i]);
		tap_ok(as_expected(&unknown, programs[i]), "%s: unknown names are refused", programs[i]);
	}
}

/* Where the list stands in what the program was started with, but not in what is called `environ` when the library looks. */
static void test_environment(void)
{
	static const struct expectation missing = { "", { "SECCOMP_SYSCALL_ALLOW=exit_group", "SECCOMP_QUIET=1" }, 0, SIGSYS, "", "" };
	char preload[3 * PATH_MAX];
	struct live_start start = { .argv = { live_path("subject"), "hello" },
				    .environment = { preload, "SECCOMP_SYSCALL_ALLOW=exit_group", "SECCOMP_QUIET=1", "EARLY_REPLACE=1" } };
	const struct live_end *end;

	tap_ok(as_expected(&missing, "subject-environ"), "a program with a variable `environ` of its own: what is not listed dies");
	tap_ok(as_expected(&missing, "subject-musl-environ"), "the same with musl");
	snprintf(preload, sizeof(preload), "%s:%s", live_preload(), live_path("early.so"));
	end = live_run(&start);
	tap_ok(live_explain(live_killed(end, SIGSYS), end), "a constructor before has replaced the environment: what is not listed dies");
	start.environment[1] = "SECCOMP_SYSCALL_ALLOW=" HELLO;
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "hello\n") == 0, end), "and what is listed runs");
}

/* patchelf --add-needed: the program brings the library itself. */
static void test_needed(void)
{
	static const struct {
		const char *what, *variables[3], *out;
		int code, signal;
	} cases[] = {
		{ "no variable: as it is", { NULL }, "hello\n", 0, 0 },
		{ "what is listed runs", { "SECCOMP_SYSCALL_ALLOW=" HELLO, "SECCOMP_QUIET=1" }, "hello\n", 0, 0 },
		{ "what is not listed dies", { "SECCOMP_SYSCALL_ALLOW=exit_group" }, "", 0, SIGSYS },
		{ "what is not listed is logged", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" }, "hello\n", 0, 0 },
		{ "unknown names are refused", { "SECCOMP_SYSCALL_ALLOW=foo" }, "", 1, 0 },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct live_start start = { .argv = { live_path("subject-needed"), "hello" } };
		const struct live_end *end;

		memcpy(start.environment, cases[i].variables, sizeof(cases[i].variables));
		end = live_run(&start);
		tap_ok(live_explain((cases[i].signal ? live_killed(end, cases[i].signal) : live_exited(end, cases[i].code)) &&
					    strcmp(end->out, cases[i].out) == 0,
				    end),
		       "patchelf --add-needed: %s", cases[i].what);
	}
}

int main(void)
{
	if (!live_begin())
		return 1;
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tap_ok(as_expected(&tests[i], "subject"), "%s", tests[i].what);
	test_stderr();
	test_other_libcs();
	test_environment();
	test_needed();
	live_finish();
	return tap_done();
}

/* The parts of sandboxify that need no program to start: options, obstacles, secret pages. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "pages.h"
#include "suspend.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void obstacles(void)
{
	static const struct {
		struct suspend_facts facts;
		bool no_new_privs;
		const char *why;
	} cases[] = {
		{ { .sys_admin = true, .sys_ptrace = true, .yama = -1 }, false, NULL },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = 0 }, true, NULL },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = 1 }, true, NULL },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = 2 }, true, NULL },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = 3 }, true, "ptrace_scope is 3" },
		{ { .sys_admin = true, .yama = 1 }, true, NULL },
		{ { .sys_admin = true, .yama = 2 }, true, "ptrace_scope is 2 and no CAP_SYS_PTRACE" },
		{ { .sys_admin = true, .yama = -1 }, true, NULL },
		{ { .sys_admin = true, .yama = -1 }, false, "no CAP_SYS_PTRACE" },
		{ { .sys_ptrace = true, .yama = -1 }, true, "no CAP_SYS_ADMIN" },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = -1, .seccomp = 2 }, true, "seccomp filter" },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = -1, .tracer = 7 }, true, "under a tracer" },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = -1, .init = true }, true, "pid 1" },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = -1, .subreaper = true }, true, "a subreaper" },
		{ { .sys_admin = true, .sys_ptrace = true, .yama = -1, .other_namespace = true }, true, "pid namespace" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why = suspend_obstacle(&cases[i].facts, cases[i].no_new_privs);

		tap_ok(cases[i].why ? why && strstr(why, cases[i].why) : !why, "obstacle %zu: %s", i,
		       cases[i].why ? cases[i].why : "none");
	}
}

static void option_lines(void)
{
	static const struct {
		const char *argv[6];
		bool accepted;
		struct options options;
		const char *program;
	} cases[] = {
		{ { "s", "p", "--dump" }, true, { .command = COMMAND_RUN }, "p" },
		{ { "s", "--", "--dump" }, true, { .command = COMMAND_RUN }, "--dump" },
		{ { "s", "--exec-guard", "p" }, true, { .command = COMMAND_RUN, .exec_guard = true }, "p" },
		{ { "s", "--keep-exec", "p" }, true, { .command = COMMAND_RUN, .keep_exec = true }, "p" },
		{ { "s", "--dump" }, true, { .command = COMMAND_DUMP }, NULL },
		{ { "s", "--dump=bpf" }, true, { .command = COMMAND_DUMP_BPF }, NULL },
		{ { "s", "--dump", "--pid", "12", "--json" }, true, { .command = COMMAND_DUMP, .pid = 12, .json = true }, NULL },
		{ { "s", "--pid=12", "--dump" }, true, { .command = COMMAND_DUMP, .pid = 12 }, NULL },
		{ { "s", "--help" }, true, { .command = COMMAND_HELP }, NULL },
		{ { "s", "--version" }, true, { .command = COMMAND_VERSION }, NULL },
		{ { "s" }, false, { 0 }, NULL },
		{ { "s", "-x", "p" }, false, { 0 }, NULL },
		{ { "s", "--dump=text" }, false, { 0 }, NULL },
		{ { "s", "--dump", "p" }, false, { 0 }, NULL },
		{ { "s", "--dump", "--json" }, false, { 0 }, NULL },
		{ { "s", "--dump=bpf", "--pid", "1" }, false, { 0 }, NULL },
		{ { "s", "--pid", "1", "p" }, false, { 0 }, NULL },
		{ { "s", "--dump", "--pid", "0" }, false, { 0 }, NULL },
		{ { "s", "--dump", "--pid", "2147483648" }, false, { 0 }, NULL },
		{ { "s", "--dump", "--pid", "1x" }, false, { 0 }, NULL },
		{ { "s", "--dump", "--pid" }, false, { 0 }, NULL },
		{ { "s", "--exec-guard", "--keep-exec", "p" }, false, { 0 }, NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *argv[7] = { NULL };
		int argc = 0;
		struct options options = { 0 };
		const char *wanted = NULL;
		bool accepted, right;

		for (; argc < 6 && cases[i].argv[argc]; argc++)
			argv[argc] = strdup(cases[i].argv[argc]);
		accepted = options_read(argc, argv, &options, &wanted) == 0;
		right = accepted == cases[i].accepted;
		if (accepted && right)
			right = options.command == cases[i].options.command && options.pid == cases[i].options.pid &&
				options.exec_guard == cases[i].options.exec_guard && options.json == cases[i].options.json &&
				options.keep_exec == cases[i].options.keep_exec &&
				(cases[i].program ? strcmp(options.argv[0], cases[i].program) == 0 : !options.argv[0]);
		tap_ok(right && (accepted || wanted), "options %zu are %s%s", i, cases[i].accepted ? "taken" : "refused: ",
		       cases[i].accepted || !wanted ? "" : wanted);
		for (int j = 0; j < argc; j++)
			free(argv[j]);
	}
}

static void draw_pages(void)
{
	enum { DRAWS = 64 };
	void *pages[DRAWS];
	uintptr_t either = 0, both = UINTPTR_MAX, page = (uintptr_t)sysconf(_SC_PAGESIZE);
	bool good = true;

	for (int i = 0; i < DRAWS; i++) {
		good = good && pages_map_secret(5000, &pages[i]) == 0 && ((char *)pages[i])[4999] == 0;
		memset(pages[i], 1, 5000);
		either |= (uintptr_t)pages[i];
		both &= (uintptr_t)pages[i];
		for (int j = 0; j < i; j++)
			good = good && pages[i] != pages[j];
	}
	tap_ok(good, "secret pages are zeroed, writable and elsewhere each time");
	/* With 64 draws a bit that never changes is one chance in 2^63. */
	tap_ok((either & ~both) == (((uintptr_t)1 << (sizeof(void *) == 8 ? 47 : 31)) - 1) / page * page,
	       "all bits of their address vary: %#lx", (unsigned long)(either & ~both));
}

int main(void)
{
	obstacles();
	option_lines();
	draw_pages();
	return tap_done();
}

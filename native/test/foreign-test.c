/* Calls of another ABI from a native program: logged and run in log mode, killed when enforcing. */
#include <signal.h>
#include <string.h>

#include "audit-tap.h"
#include "live.h"
#include "tap.h"

#ifdef __x86_64__
static const struct foreign_case {
	const char *command;
	uint32_t arch, nr;
} cases[] = {
	{ "int80", 0x40000003, 20 },
	{ "x32", 0xc000003e, 0x40000000 + 39 },
};

static void test_foreign(const struct foreign_case *test, int tap)
{
	static const char *const killing[][2] = {
		{ "SECCOMP_SYSCALL_DENY=", "a deny list" },
		{ "SECCOMP_SYSCALL_ALLOW=getpid:write:exit_group:20:39", "an allow list" },
	};
	struct live_start start = { .argv = { live_path("subject"), test->command }, .environment = { "A=1" } };
	struct audit_record records[64];
	const struct live_end *end = live_run(&start);
	char bare[64];
	bool logged = false;
	unsigned count;

	if (live_killed(end, SIGSEGV)) {
		tap_skip(test->command, "this kernel runs no call of that ABI");
		return;
	}
	strncpy(bare, end->out, sizeof(bare) - 1);
	bare[sizeof(bare) - 1] = '\0';
	start.environment[0] = live_preload();
	start.environment[1] = "SECCOMP_SYSCALL_DENY=getppid";
	start.environment[2] = "SECCOMP_QUIET=1";
	start.environment[3] = "SECCOMP_DEFAULT_ACTION=log";
	end = live_run(&start);
	tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, bare) == 0, end), "%s: runs in log mode as without a filter", test->command);
	if (tap < 0) {
		tap_skip("it is logged", "no CAP_AUDIT_READ: run as root in the first user namespace");
	} else {
		count = audit_tap_read(tap, end->pid, 1, records, 64);
		for (unsigned i = 0; i < count && i < 64; i++)
			logged = logged || (records[i].arch == test->arch && records[i].nr == test->nr && records[i].signal == 0);
		tap_ok(count == 1 && logged, "%s: logged once, as %u on %#x", test->command, test->nr, test->arch);
	}
	start.environment[3] = NULL;
	for (int i = 0; i < 2; i++) {
		start.environment[1] = killing[i][0];
		end = live_run(&start);
		tap_ok(live_explain(live_killed(end, SIGSYS) && end->out[0] == '\0', end), "%s: killed under %s", test->command, killing[i][1]);
	}
}
#endif

int main(void)
{
	int tap = audit_tap_open();

	if (!live_begin())
		return 1;
#ifdef __x86_64__
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_foreign(&cases[i], tap);
#else
	(void)tap;
	tap_skip("foreign ABIs", "no test program calls another ABI on this machine");
#endif
	live_finish();
	return tap_done();
}

/* The environment contract, word by word. */
#include "policy.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "syscalls.gen.h"
#include "tap.h"

#define KILL SECCOMP_RET_KILL_PROCESS
#define LOG SECCOMP_RET_LOG
#define ADDING(name) "adding " name " to the process seccomp filter\n"

static const struct test {
	const char *what;
	const char *variables[6];
	bool refused;
	enum policy_kind kind;
	uint32_t action;
	int no_new_privs;
	int listed[4]; /* up to the first 0 */
	const char *text;
} tests[] = {
	{ "nothing set", { "PATH=/bin", "SECCOM=1" }, .kind = POLICY_NONE, .action = KILL, .no_new_privs = -1, .text = "" },
	{ "an allow list", { "SECCOMP_SYSCALL_ALLOW=write:exit_group" }, .kind = POLICY_ALLOW, .action = KILL, .no_new_privs = -1,
	  .listed = { __NR_write, __NR_exit_group }, .text = ADDING("write") ADDING("exit_group") },
	{ "an empty allow list", { "SECCOMP_SYSCALL_ALLOW=" }, .kind = POLICY_ALLOW, .action = KILL, .no_new_privs = -1, .text = "" },
	{ "colons alone", { "SECCOMP_SYSCALL_ALLOW=:::" }, .kind = POLICY_ALLOW, .action = KILL, .no_new_privs = -1, .text = "" },
	{ "a deny list", { "SECCOMP_SYSCALL_DENY=write" }, .kind = POLICY_DENY, .action = KILL, .no_new_privs = -1,
	  .listed = { __NR_write }, .text = ADDING("write") },
	{ "an empty deny list", { "SECCOMP_SYSCALL_DENY=" }, .kind = POLICY_DENY, .action = KILL, .no_new_privs = -1, .text = "" },
	{ "both: ALLOW counts", { "SECCOMP_SYSCALL_DENY=nonsense", "SECCOMP_SYSCALL_ALLOW=write" }, .kind = POLICY_ALLOW, .action = KILL,
	  .no_new_privs = -1, .listed = { __NR_write },
	  .text = "SECCOMP_SYSCALL_ALLOW and SECCOMP_SYSCALL_DENY are both set: ALLOW counts\n" ADDING("write") },
	{ "duplicates and empty items", { "SECCOMP_SYSCALL_ALLOW=:write::exit_group:write:" }, .kind = POLICY_ALLOW, .action = KILL,
	  .no_new_privs = -1, .listed = { __NR_write, __NR_exit_group }, .text = ADDING("write") ADDING("exit_group") },
	{ "numbers", { "SECCOMP_SYSCALL_ALLOW=1023:0777:1" }, .kind = POLICY_ALLOW, .action = KILL, .no_new_privs = -1,
	  .listed = { 1023, 777, 1 }, .text = ADDING("1023") ADDING("0777") ADDING("1") },
	{ "quiet", { "SECCOMP_SYSCALL_ALLOW=write:cacheflush", "SECCOMP_SYSCALL_DENY=", "SECCOMP_QUIET=1" }, .kind = POLICY_ALLOW,
	  .action = KILL, .no_new_privs = -1, .listed = { __NR_write }, .text = "" },
	{ "not quiet", { "SECCOMP_QUIET=0", "SECCOMP_SYSCALL_ALLOW=write" }, .kind = POLICY_ALLOW, .action = KILL, .no_new_privs = -1,
	  .listed = { __NR_write }, .text = ADDING("write") },
	{ "log", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" }, .kind = POLICY_ALLOW, .action = LOG, .no_new_privs = -1,
	  .text = "" },
	{ "kill, said aloud", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=kill" }, .kind = POLICY_ALLOW, .action = KILL,
	  .no_new_privs = -1, .text = "" },
	{ "an action alone is no policy", { "SECCOMP_DEFAULT_ACTION=log" }, .kind = POLICY_NONE, .action = LOG, .no_new_privs = -1,
	  .text = "" },
	{ "no_new_privs 0", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_NO_NEW_PRIVS=0" }, .kind = POLICY_ALLOW, .action = KILL, .text = "" },
	{ "no_new_privs 1", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_NO_NEW_PRIVS=1" }, .kind = POLICY_ALLOW, .action = KILL,
	  .no_new_privs = 1, .text = "" },
	{ "a name of another ABI", { "SECCOMP_SYSCALL_ALLOW=cacheflush:write" }, .kind = POLICY_ALLOW, .action = KILL, .no_new_privs = -1,
	  .listed = { __NR_write },
	  .text = "cacheflush is not a system call of " SYSCALL_ABI ": left out\n" ADDING("write") },
	{ "set twice, alike", { "SECCOMP_SYSCALL_ALLOW=write", "SECCOMP_SYSCALL_ALLOW=write" }, .kind = POLICY_ALLOW, .action = KILL,
	  .no_new_privs = -1, .listed = { __NR_write }, .text = ADDING("write") },
	{ "set twice", { "SECCOMP_SYSCALL_ALLOW=write", "SECCOMP_SYSCALL_ALLOW=" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: set twice with different values, want one\n" },
	{ "an unknown action", { "SECCOMP_DEFAULT_ACTION=LOG" }, .refused = true,
	  .text = "SECCOMP_DEFAULT_ACTION: found \"LOG\", want \"kill\" or \"log\"\n" },
	{ "an unknown action, a good list", { "SECCOMP_SYSCALL_ALLOW=write", "SECCOMP_DEFAULT_ACTION=allow" }, .refused = true,
	  .text = "SECCOMP_DEFAULT_ACTION: found \"allow\", want \"kill\" or \"log\"\n" },
	{ "an empty action", { "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=" }, .refused = true,
	  .text = "SECCOMP_DEFAULT_ACTION: found \"\", want \"kill\" or \"log\"\n" },
	{ "a switch that is none", { "SECCOMP_NO_NEW_PRIVS=yes", "SECCOMP_QUIET=10" }, .refused = true,
	  .text = "SECCOMP_NO_NEW_PRIVS: found \"yes\", want \"0\" or \"1\"\nSECCOMP_QUIET: found \"10\", want \"0\" or \"1\"\n" },
	{ "all unknown names in one message", { "SECCOMP_SYSCALL_ALLOW=write:foo:exit_group:bar:Read:foo" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: unknown system calls \"foo\", \"bar\", \"Read\", \"foo\", want names or decimal numbers, "
		  "separated by ':' alone\n" },
	{ "unknown names, quiet", { "SECCOMP_QUIET=1", "SECCOMP_SYSCALL_DENY=foo" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_DENY: unknown system calls \"foo\", want names or decimal numbers, separated by ':' alone\n" },
	{ "blanks and commas are part of a name", { "SECCOMP_SYSCALL_ALLOW= write:write,writev:write " }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: unknown system calls \" write\", \"write,writev\", \"write \", want names or decimal numbers, "
		  "separated by ':' alone\n" },
	{ "numbers that are none", { "SECCOMP_SYSCALL_ALLOW=-1:0x10:+3:1.5" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: unknown system calls \"-1\", \"0x10\", \"+3\", \"1.5\", want names or decimal numbers, "
		  "separated by ':' alone\n" },
	{ "numbers too large", { "SECCOMP_SYSCALL_ALLOW=1024:4294967296:18446744073709551617" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: numbers out of range \"1024\", \"4294967296\", \"18446744073709551617\", want 0 to 1023\n" },
	{ "syntax of a later version", { "SECCOMP_SYSCALL_ALLOW=open=errno:socket(0==AF_UNIX):i386/write" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: unsupported items \"open=errno\", \"socket(0==AF_UNIX)\", \"i386/write\", conditions and per-call "
		  "actions are not supported by this version\n" },
	{ "every kind of mistake", { "SECCOMP_SYSCALL_ALLOW=foo:9999:a=b", "SECCOMP_DEFAULT_ACTION=errno" }, .refused = true,
	  .text = "SECCOMP_DEFAULT_ACTION: found \"errno\", want \"kill\" or \"log\"\n"
		  "SECCOMP_SYSCALL_ALLOW: unknown system calls \"foo\", want names or decimal numbers, separated by ':' alone\n"
		  "SECCOMP_SYSCALL_ALLOW: numbers out of range \"9999\", want 0 to 1023\n"
		  "SECCOMP_SYSCALL_ALLOW: unsupported items \"a=b\", conditions and per-call actions are not supported by this version\n" },
	{ "hostile bytes", { "SECCOMP_SYSCALL_ALLOW=\x1b[2J\"\\\n\xff" }, .refused = true,
	  .text = "SECCOMP_SYSCALL_ALLOW: unknown system calls \"\\x1b[2J\\\"\\\\\\x0a\\xff\", want names or decimal numbers, separated by "
		  "':' alone\n" },
};

static bool as_wanted(const struct test *test)
{
	struct policy policy = { .no_new_privs = 99 }, untouched = policy;
	uint64_t listed[POLICY_NR_MAX / 64] = { 0 };
	int result = contract_read(test->variables, &policy);

	if (strcmp(contract_report.text, test->text) != 0) {
		tap_note("found: %s", contract_report.text);
		return false;
	}
	if (test->refused)
		return result == -EINVAL && memcmp(&policy, &untouched, sizeof(policy)) == 0;
	for (uint32_t i = 0; i < 4 && test->listed[i]; i++)
		listed[test->listed[i] / 64] |= UINT64_C(1) << (test->listed[i] % 64);
	return result == 0 && policy.kind == test->kind && policy.default_action == test->action &&
	       policy.no_new_privs == test->no_new_privs && memcmp(policy.listed, listed, sizeof(listed)) == 0;
}

static void test_every_name(void)
{
	uint32_t right = 0;

	for (uint32_t i = 0; i < SYSCALL_COUNT; i++) {
		char list[64];
		const char *variables[] = { list, NULL };
		struct policy policy;

		snprintf(list, sizeof(list), "SECCOMP_SYSCALL_ALLOW=%s", syscall_names + syscall_name_at[i]);
		right += contract_read(variables, &policy) == 0 &&
			 (SYSCALL_NUMBERS[i] < 0 || policy_lists(&policy, (uint32_t)SYSCALL_NUMBERS[i])) &&
			 (strstr(contract_report.text, "left out") != NULL) == (SYSCALL_NUMBERS[i] < 0);
	}
	tap_ok(right == SYSCALL_COUNT, "each name of the table is known (%u of %u)", right, SYSCALL_COUNT);
}

/* More mistakes than the report can hold: cut with a mark, still refused. */
static void test_huge(void)
{
	static char list[200000] = "SECCOMP_SYSCALL_ALLOW=";
	const char *variables[] = { list, NULL };
	size_t length = strlen(list);
	struct policy policy;
	int result;

	memset(list + length, '\x07', sizeof(list) - length - 1);
	result = contract_read(variables, &policy);
	tap_ok(result == -EINVAL && contract_report.length < REPORT_MAX && strcmp(contract_report.text + contract_report.length - 7, " [cut]\n") == 0,
	       "200 kB of nonsense are refused in %u bytes", contract_report.length);
}

/* All numbers, each as long as it can be said: every line is there. */
static void test_longest(void)
{
	static char list[POLICY_NR_MAX * 40] = "SECCOMP_SYSCALL_ALLOW=";
	const char *variables[] = { list, NULL };
	size_t length = strlen(list);
	uint32_t lines = 0;
	struct policy policy;
	int result;

	for (uint32_t i = 0; i < SYSCALL_COUNT; i++)
		length += (size_t)sprintf(list + length, "%s:", syscall_names + syscall_name_at[i]);
	for (uint32_t nr = 0; nr < POLICY_NR_MAX; nr++)
		length += (size_t)sprintf(list + length, "%u:", nr);
	result = contract_read(variables, &policy);
	for (const char *c = contract_report.text; *c; c++)
		lines += *c == '\n';
	tap_ok(result == 0 && lines >= POLICY_NR_MAX && !strstr(contract_report.text, "[cut]"), "the longest list that can be is reported whole");
}

static void test_variables(void)
{
	tap_ok(policy_is_variable("SECCOMP_SYSCALL_ALLOW=x") && policy_is_variable("SECCOMP_SYSCALL_DENY=") &&
		       policy_is_variable("SECCOMP_DEFAULT_ACTION=log") && policy_is_variable("SECCOMP_NO_NEW_PRIVS=1") &&
		       policy_is_variable("SECCOMP_QUIET=1"),
	       "the five variables are of the contract");
	tap_ok(!policy_is_variable("SECCOMP_SYSCALL_ALLOW") && !policy_is_variable("SECCOMP_SYSCALL_ALLOWED=") &&
		       !policy_is_variable("SECCOMP_QUIE=1") && !policy_is_variable("") && !policy_is_variable("S") &&
		       !policy_is_variable("PATH=/bin"),
	       "others are not");
}

int main(void)
{
	for (uint32_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tap_ok(as_wanted(&tests[i]), "%s", tests[i].what);
	test_every_name();
	test_huge();
	test_longest();
	test_variables();
	return tap_done();
}

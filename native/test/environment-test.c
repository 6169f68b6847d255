/* What the program and its children see of the environment. The library's own file is played: /own/libsandbox.so. */
#include "environment.h"

#include <stdlib.h>
#include <string.h>

#include "own-file.h"
#include "tap.h"

#define OWN "/own/libsandbox.so"

const char *own_file_path(void)
{
	return OWN;
}

bool own_file_is(const char *own, const char *entry, uint32_t length)
{
	return strcmp(own, OWN) == 0 && length == strlen(OWN) && memcmp(entry, OWN, length) == 0;
}

static const struct test {
	const char *what;
	const char *before[6];
	const char *after[6];
} tests[] = {
	{ "nothing to take out", { "PATH=/bin", "LD_PRELOAD=/a.so", "X=" }, { "PATH=/bin", "LD_PRELOAD=/a.so", "X=" } },
	{ "an empty environment", { NULL }, { NULL } },
	{ "the variables of the contract",
	  { "SECCOMP_SYSCALL_ALLOW=read", "A=1", "SECCOMP_SYSCALL_DENY=", "SECCOMP_QUIET=1", "SECCOMP_OTHER=1" },
	  { "A=1", "SECCOMP_OTHER=1" } },
	{ "alone in LD_PRELOAD", { "A=1", "LD_PRELOAD=" OWN, "B=2" }, { "A=1", "B=2" } },
	{ "the first entry", { "LD_PRELOAD=" OWN ":/a.so" }, { "LD_PRELOAD=/a.so" } },
	{ "the last entry", { "LD_PRELOAD=/a.so:" OWN }, { "LD_PRELOAD=/a.so" } },
	{ "in the middle, blanks between", { "LD_PRELOAD=/a.so " OWN " /b.so" }, { "LD_PRELOAD=/a.so /b.so" } },
	{ "more than once", { "LD_PRELOAD=" OWN ":/a.so:" OWN ":/b.so:" OWN }, { "LD_PRELOAD=/a.so:/b.so" } },
	{ "nothing but it, many times", { "LD_PRELOAD=: " OWN "::" OWN " " }, { NULL } },
	{ "a longer and a shorter name", { "LD_PRELOAD=" OWN ".2:/own/libsandbox.s" }, { "LD_PRELOAD=" OWN ".2:/own/libsandbox.s" } },
	{ "set twice", { "LD_PRELOAD=" OWN, "LD_PRELOAD=/a.so:" OWN }, { "LD_PRELOAD=/a.so" } },
	{ "an empty LD_PRELOAD stays", { "LD_PRELOAD=" }, { "LD_PRELOAD=" } },
	{ "a variable that only begins like it", { "LD_PRELOADS=" OWN }, { "LD_PRELOADS=" OWN } },
};

static bool cleans(const struct test *test)
{
	char *strings[6] = { NULL }, *envp[6] = { NULL };
	bool same = true;

	for (int i = 0; test->before[i]; i++)
		envp[i] = strings[i] = strdup(test->before[i]);
	environment_clean(envp);
	for (int i = 0; i < 6; i++) {
		if (!test->after[i] != !envp[i] || (envp[i] && strcmp(envp[i], test->after[i]) != 0))
			same = false;
		if (!envp[i])
			break;
	}
	for (int i = 0; i < 6; i++)
		free(strings[i]);
	return same;
}

int main(void)
{
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tap_ok(cleans(&tests[i]), "%s", tests[i].what);
	return tap_done();
}

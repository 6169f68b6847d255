/*
 * libsandbox.so: filters the program that loads it, before its main, as the environment says. It has no libc of its own and
 * exports nothing; its last system call is the one that loads the filter.
 */
#include <asm/unistd.h>
#include <errno.h>
#include <stddef.h>

#include "environment.h"
#include "filter.h"
#include "install.h"
#include "own-file.h"
#include "policy.h"
#include "rawcall.h"
#include "say.h"

/*
 * The libc's own name for it: a program may have a variable `environ` of its own. Weak: a program without libc has none, and its
 * loader hands the environment to the constructor instead.
 */
extern char **libc_environ __asm__("__environ") __attribute__((weak, visibility("default")));

static struct report report;
static struct sock_filter code[FILTER_LENGTH_MAX];

static int read_policy(char **current, char **initial, struct policy *ret_policy);
static void refuse(void) __attribute__((noreturn));
static void refuse_load(int error) __attribute__((noreturn));

/* glibc's loader gives these arguments; musl's gives none. */
__attribute__((constructor)) static void sandbox(int argc, char **argv, char **envp)
{
	char **initial = own_loader_is_musl() ? NULL : envp;
	char **current = &libc_environ ? libc_environ : NULL;
	struct policy policy;
	uint16_t length;
	int result;

	(void)argc;
	(void)argv;
	if (read_policy(current, initial, &policy) < 0)
		refuse();
	if (policy.kind == POLICY_NONE)
		return;
	result = filter_compile(&policy, NULL, code, &length);
	if (result < 0)
		refuse_load(result);
	say(&report);
	if (current)
		environment_clean(current);
	if (initial && initial != current)
		environment_clean(initial);
	result = install_policy(&policy, code, length);
	if (result < 0)
		refuse_load(result);
}

/* A constructor before ours may have replaced the environment by one without a list; what the program was started with counts then. */
static int read_policy(char **current, char **initial, struct policy *ret_policy)
{
	struct policy policy = { .kind = POLICY_NONE };

	if (current && policy_from_env(current, &policy, &report) < 0)
		return -EINVAL;
	if (policy.kind == POLICY_NONE && initial && initial != current && policy_from_env(initial, &policy, &report) < 0)
		return -EINVAL;
	*ret_policy = policy;
	return 0;
}

static void refuse_load(int error)
{
	report.length = 0;
	report_add(&report, "seccomp: the filter cannot be loaded: ");
	switch (-error) {
	case EACCES:
		report_add(&report, "EACCES, want CAP_SYS_ADMIN or SECCOMP_NO_NEW_PRIVS=1");
		break;
	case ESRCH:
		report_add(&report, "ESRCH, another thread of this process has a filter of its own");
		break;
	case ENOSYS:
		report_add(&report, "ENOSYS, want a kernel with CONFIG_SECCOMP_FILTER");
		break;
	default:
		report_add(&report, "error ");
		report_add_number(&report, (uint64_t)-error);
	}
	report_add(&report, "\n");
	refuse();
}

static void refuse(void)
{
	say(&report);
	RAWCALL(__NR_exit_group, 1);
	__builtin_trap(); /* an outer filter forbids even that: no instruction of the program may run */
}

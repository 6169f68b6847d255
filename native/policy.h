/* What the person asked for, as data: the environment contract of libsandbox.so and sandboxify. Pure: no call, no heap. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "report.h"

#define POLICY_NR_MAX 1024 /* numbers 0 … 1023 can be listed; the kernel's table ends far below */

enum policy_kind {
	POLICY_NONE,  /* neither variable is set: no filter */
	POLICY_ALLOW, /* listed numbers are allowed, the rest gets the default action */
	POLICY_DENY,  /* listed numbers get the default action, the rest is allowed */
};

struct policy {
	enum policy_kind kind;
	uint32_t default_action; /* SECCOMP_RET_KILL_PROCESS or SECCOMP_RET_LOG */
	bool quiet;              /* SECCOMP_QUIET=1 */
	int no_new_privs;        /* SECCOMP_NO_NEW_PRIVS: 0, 1; -1: not set, decide from the action and the privileges */
	uint64_t listed[POLICY_NR_MAX / 64];
};

static inline bool policy_lists(const struct policy *policy, uint32_t nr)
{
	return nr < POLICY_NR_MAX && (policy->listed[nr / 64] >> (nr % 64) & 1);
}

/*
 * Reads SECCOMP_SYSCALL_ALLOW, _DENY, SECCOMP_DEFAULT_ACTION, SECCOMP_NO_NEW_PRIVS, SECCOMP_QUIET from ENVP.
 * 0 and *ret_policy; or -EINVAL, and *report says every mistake. *report also takes the "adding NAME …" lines and notes.
 */
int policy_from_env(char *const envp[], struct policy *ret_policy, struct report *report);

/* Whether ENTRY ("NAME=value" of an environment) is a variable of the contract: such entries are not for the program. */
bool policy_is_variable(const char *entry);

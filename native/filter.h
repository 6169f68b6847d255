/* A policy compiled to classic BPF for seccomp(2): a binary search over ranges of numbers. Pure: no call, no heap. */
#pragma once
#include <linux/filter.h>

#include "policy.h"

#define FILTER_LENGTH_MAX 4096 /* BPF_MAXINSNS */

/* In the data bits of the default action, so that a filter dumped from a process can be told as ours. */
#define FILTER_SIGNATURE 0x7066u

/*
 * What a launcher under its own filter needs and its program cannot guess (exec-guard); NULL guard: no such rules. Each rule
 * is for a number that the policy does not allow anyway; a secret of 0: no such rule.
 */
struct exec_guard {
	uint64_t filename; /* execve with exactly these three pointers */
	uint64_t argv;
	uint64_t envp;
	uint64_t message;     /* write from this address: why execve failed */
	uint32_t exit_secret; /* exit_group with this in the upper half of its argument, which the kernel ignores */
};

/*
 * 0, the code and its length; -EINVAL for POLICY_NONE, which wants no filter; -E2BIG. Foreign ABIs (another arch token; x32
 * numbers on x86_64) get the default action. A guard does nothing where the policy allows execve anyway.
 * Every constant ALLOW is reached by LD nr/arch, JEQ/JGE/JA and RET only: what the kernel's per-number cache follows
 * (kernel/seccomp.c seccomp_is_const_allow).
 */
int filter_compile(const struct policy *policy, const struct exec_guard *guard, struct sock_filter code[FILTER_LENGTH_MAX],
		   uint16_t *ret_length);

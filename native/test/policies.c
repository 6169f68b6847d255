#include "policies.h"

#include <linux/seccomp.h>

#define SYSCALLS_ALL_ABIS
#include "syscalls.gen.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static void list(struct policy *policy, uint32_t nr)
{
	policy->listed[nr / 64] |= UINT64_C(1) << (nr % 64);
}

struct policy policies_random(struct random *random)
{
	struct policy policy = {
		.kind = random_below(random, 2) ? POLICY_ALLOW : POLICY_DENY,
		.default_action = random_below(random, 2) ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_LOG,
		.no_new_privs = -1,
	};
	uint32_t shape = random_below(random, 6), end = 1 + random_below(random, POLICY_NR_MAX);
	uint32_t density = random_below(random, 101), step = 1 + random_below(random, 4);

	for (uint32_t nr = 0; nr < end; nr++) {
		if (shape == 0 && random_below(random, 100) < density) /* scattered */
			list(&policy, nr);
		else if (shape == 1 && random_below(random, 20) != 0) /* long runs */
			list(&policy, nr);
		else if (shape == 2 && nr % (step + 1) == 0) /* regular: the most ranges */
			list(&policy, nr);
		else if (shape == 3) /* one run */
			list(&policy, nr);
	}
	if (shape == 4) { /* a few */
		for (uint32_t i = 0; i < step; i++)
			list(&policy, random_below(random, POLICY_NR_MAX));
	}
	return policy; /* shape 5: nothing */
}

uint32_t policies_verdict(const struct policy *policy, uint32_t arch, uint32_t nr)
{
	if (arch != SYSCALL_ARCH_TOKEN)
		return policy->default_action;
#ifdef __x86_64__
	if (nr >= 0x40000000u && nr != 0xffffffffu)
		return policy->default_action;
#endif
	if (policy->kind == POLICY_ALLOW)
		return policy_lists(policy, nr) ? SECCOMP_RET_ALLOW : policy->default_action;
	return policy_lists(policy, nr) ? policy->default_action : SECCOMP_RET_ALLOW;
}

const uint32_t *policies_numbers(uint32_t *ret_count)
{
	static const uint32_t boundaries[] = { 1024, 1025, 4096, 0xffff, 0x10000, 0x3fffffff, 0x7fffffff, 0x80000000, 0xbfffffff,
					       0xc0000000, 0xfffffffe, 0xffffffff };
	static uint32_t numbers[2 * POLICY_NR_MAX + COUNT(boundaries)];
	uint32_t count = 0;

	for (uint32_t nr = 0; nr < POLICY_NR_MAX; nr++) {
		numbers[count++] = nr;
		numbers[count++] = 0x40000000u + nr;
	}
	for (uint32_t i = 0; i < COUNT(boundaries); i++)
		numbers[count++] = boundaries[i];
	*ret_count = count;
	return numbers;
}

const uint32_t *policies_arches(uint32_t *ret_count)
{
	static const uint32_t unknown[] = { 0, 0xffffffff, SYSCALL_ARCH_TOKEN ^ 1, SYSCALL_ARCH_TOKEN ^ 0x80000000u, 0x7fc0ffee };
	static uint32_t arches[COUNT(syscall_abis) + COUNT(unknown)];
	uint32_t count = 0;

	for (uint32_t i = 0; i < COUNT(syscall_abis); i++)
		arches[count++] = syscall_abis[i].arch_token;
	for (uint32_t i = 0; i < COUNT(unknown); i++)
		arches[count++] = unknown[i];
	*ret_count = count;
	return arches;
}

/* Every number on every ABI against the policy, through an interpreter; and what the kernel's cache makes of the program. */
#include "filter.h"

#include <asm/unistd.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter.h"
#include "policies.h"
#include "syscalls.gen.h"
#include "tap.h"

static const struct exec_guard guard = {
	.filename = 0x00007f12deadb000,
	.argv = 0x80000001fffff008,
	.envp = 0x00000000ffffffff,
	.message = 0x7ffe000011112222,
	.exit_secret = 0x80000001,
};

/* The compiled program in a block of its own length, so that a step beyond its end is seen. */
static struct sock_filter *compile(const struct policy *policy, const struct exec_guard *with, uint16_t *ret_length)
{
	static struct sock_filter code[FILTER_LENGTH_MAX];
	struct sock_filter *exact;

	if (filter_compile(policy, with, code, ret_length) < 0)
		return NULL;
	exact = malloc(*ret_length * sizeof(*exact));
	if (exact)
		memcpy(exact, code, *ret_length * sizeof(*exact));
	return exact;
}

static uint32_t without_data(uint32_t answer)
{
	return answer & SECCOMP_RET_ACTION_FULL;
}

/* The answer that the contract wants, with the data bits that mark the filter as ours. */
static uint32_t marked(uint32_t verdict)
{
	return verdict == SECCOMP_RET_ALLOW ? SECCOMP_RET_ALLOW : verdict | FILTER_SIGNATURE;
}

static bool same_verdicts(const struct policy *policy, const struct sock_filter *code, uint16_t length)
{
	uint32_t number_count, arch_count;
	const uint32_t *numbers = policies_numbers(&number_count), *arches = policies_arches(&arch_count);

	for (uint32_t a = 0; a < arch_count; a++) {
		for (uint32_t i = 0; i < number_count; i++) {
			const struct seccomp_data data = { .nr = (int)numbers[i], .arch = arches[a] };
			uint32_t answer = interpreter_run(code, length, &data);

			if (answer != marked(policies_verdict(policy, arches[a], numbers[i]))) {
				tap_note("number %#x on %#x: answer %#x", numbers[i], arches[a], answer);
				return false;
			}
		}
	}
	return true;
}

/* Numbers that the policy allows are constant ALLOWs in the kernel's eyes, all but a guarded call that is not listed. */
static bool cacheable(const struct policy *policy, const struct sock_filter *code, uint16_t length)
{
	for (uint32_t nr = 0; nr < POLICY_NR_MAX; nr++) {
		bool allowed = policies_verdict(policy, SYSCALL_ARCH_TOKEN, nr) == SECCOMP_RET_ALLOW;

		if (interpreter_is_const_allow(code, length, SYSCALL_ARCH_TOKEN, nr) != allowed) {
			tap_note("number %u is%s a constant ALLOW", nr, allowed ? " not" : "");
			return false;
		}
	}
	return true;
}

/* The call passes with exactly these arguments; with any one of the bits in MASK turned it gets the policy's answer. */
static bool secret_holds(const struct policy *policy, const struct sock_filter *code, uint16_t length, struct seccomp_data data,
			 const uint64_t mask[3])
{
	uint32_t otherwise = marked(policies_verdict(policy, SYSCALL_ARCH_TOKEN, (uint32_t)data.nr));

	if (interpreter_run(code, length, &data) != SECCOMP_RET_ALLOW)
		return false;
	for (uint32_t bit = 0; bit < 3 * 64; bit++) {
		struct seccomp_data other = data;

		other.args[bit / 64] ^= UINT64_C(1) << (bit % 64);
		if (mask[bit / 64] >> (bit % 64) & 1 && interpreter_run(code, length, &other) != otherwise)
			return false;
	}
	return true;
}

static bool guard_holds(const struct policy *policy, const struct sock_filter *code, uint16_t length)
{
	static const uint64_t all[3] = { UINT64_MAX, UINT64_MAX, UINT64_MAX };
	static const uint64_t second[3] = { 0, UINT64_MAX, 0 };
	static const uint64_t upper[3] = { 0xffffffff00000000u, 0, 0 };
	const struct seccomp_data execve = {
		.nr = __NR_execve, .arch = SYSCALL_ARCH_TOKEN, .args = { guard.filename, guard.argv, guard.envp, 1, 2, 3 }
	};
	const struct seccomp_data message = { .nr = __NR_write, .arch = SYSCALL_ARCH_TOKEN, .args = { 2, guard.message, 80 } };
	const struct seccomp_data leave = {
		.nr = __NR_exit_group, .arch = SYSCALL_ARCH_TOKEN, .args = { (uint64_t)guard.exit_secret << 32 | 127 }
	};

	return secret_holds(policy, code, length, execve, all) && secret_holds(policy, code, length, message, second) &&
	       secret_holds(policy, code, length, leave, upper);
}

static void test_random_policies(void)
{
	uint32_t count = tap_sweep("random policies over every number and ABI", 1000);
	uint32_t accepted = 0, right = 0, constant = 0, guarded = 0, longest = 0;

	for (uint32_t seed = 0; seed < count; seed++) {
		struct random random = { seed };
		struct policy policy = policies_random(&random);
		const struct exec_guard *with = seed % 3 == 2 ? &guard : NULL;
		uint16_t length = 0;
		struct sock_filter *code = compile(&policy, with, &length);
		bool all = code != NULL;

		longest = length > longest ? length : longest;
		accepted += all = all && interpreter_accepts(code, length);
		right += all = all && same_verdicts(&policy, code, length);
		constant += all = all && cacheable(&policy, code, length);
		guarded += all = all && (!with || guard_holds(&policy, code, length));
		if (!all)
			tap_note("seed %u fails", seed);
		free(code);
	}
	tap_note("the longest program has %u instructions", longest);
	tap_ok(accepted == count, "the kernel would accept each program (%u of %u)", accepted, count);
	tap_ok(right == count, "every number on every ABI gets the policy's verdict (%u of %u)", right, count);
	tap_ok(constant == count, "every ALLOW is in the kernel's per-number cache (%u of %u)", constant, count);
	tap_ok(guarded == count, "exec-guard lets its own execve, write and exit_group through, compared in every bit (%u of %u)", guarded, count);
}

/* Alternating numbers need the most comparisons; pairs leave no single number to cut out. */
static void test_largest(void)
{
	static const struct {
		const char *what;
		uint64_t pattern;
		uint32_t at_most;
	} cases[] = {
		{ "every second number", 0x5555555555555555, 640 },
		{ "every second pair", 0x3333333333333333, 530 },
		{ "one, then two", 0x4924924924924924, 430 },
		{ "all numbers", UINT64_MAX, 7 },
		{ "no number", 0, 5 },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy policy = { .kind = POLICY_ALLOW, .default_action = SECCOMP_RET_KILL_PROCESS };
		struct sock_filter *code;
		uint16_t length = 0;

		memset(policy.listed, 0, sizeof(policy.listed));
		for (uint32_t word = 0; word < POLICY_NR_MAX / 64; word++)
			policy.listed[word] = cases[i].pattern;
		code = compile(&policy, NULL, &length);
		tap_ok(code && interpreter_accepts(code, length) && same_verdicts(&policy, code, length) && length <= cases[i].at_most,
		       "%s: %u instructions, at most %u", cases[i].what, length, cases[i].at_most);
		free(code);
	}
}

static void test_edges(void)
{
	struct policy policy = { .kind = POLICY_NONE, .default_action = SECCOMP_RET_LOG };
	struct seccomp_data data = { .nr = -1, .arch = SYSCALL_ARCH_TOKEN };
	struct sock_filter *code;
	uint16_t length = 77, plain = 0;

	code = compile(&policy, NULL, &length);
	tap_ok(!code && length == 77, "no policy, no program");
	free(code);
	policy.kind = POLICY_DENY;
	code = compile(&policy, NULL, &length);
	tap_ok(code && interpreter_run(code, length, &data) == SECCOMP_RET_ALLOW, "a deny list lets -1 pass: a tracer skips calls by it");
	free(code);
	policy.kind = POLICY_ALLOW;
	code = compile(&policy, NULL, &length);
	tap_ok(code && without_data(interpreter_run(code, length, &data)) == SECCOMP_RET_LOG, "an allow list does not");
	free(code);
	policy.listed[__NR_execve / 64] |= UINT64_C(1) << (__NR_execve % 64);
	free(compile(&policy, NULL, &plain));
	free(compile(&policy, &(struct exec_guard){ .filename = 1, .argv = 2, .envp = 3 }, &length));
	tap_ok(plain == length, "a guard adds nothing where execve is allowed anyway");
}

int main(void)
{
	test_random_policies();
	test_largest();
	test_edges();
	return tap_done();
}

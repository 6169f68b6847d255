/* libseccomp as the oracle: its numbers against our table, its compiled filters against ours, answer by answer. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filter.h"
#include "interpreter.h"
#include "policies.h"
#include "tap.h"

#define SYSCALLS_ALL_ABIS
#include "syscalls.gen.h"

/* libseccomp's tokens for the ABIs of the table: its own only where the kernel has none of its own. */
static uint32_t oracle_arch(const struct syscall_abi *abi)
{
	return strcmp(abi->name, "x32") == 0 ? SCMP_ARCH_X32 : abi->arch_token;
}

static const char *name(uint32_t i)
{
	return syscall_names + syscall_name_at[i];
}

/*
 * A name that libseccomp resolves to a real number must have that number here. Not the other way round: it does not know the
 * newest calls, and has pseudo-numbers (below -1) for calls that an ABI only has inside another (socketcall, ipc).
 */
static void test_numbers(const struct syscall_abi *abi)
{
	uint32_t known = 0, same = 0;

	for (uint32_t i = 0; i < SYSCALL_COUNT; i++) {
		int theirs = seccomp_syscall_resolve_name_arch(oracle_arch(abi), name(i));

		if (theirs < 0)
			continue;
		known++;
		if (abi->nr[i] >= 0 && (uint32_t)theirs == abi->base + (uint32_t)abi->nr[i])
			same++;
		else
			tap_note("%s %s: libseccomp %d, here %d", abi->name, name(i), theirs, abi->nr[i]);
	}
	if (known == 0)
		tap_note("%s: this libseccomp does not know the ABI", abi->name);
	else
		tap_ok(same == known, "%s: the %u numbers that libseccomp knows are the table's", abi->name, known);
}

/* Only what libseccomp knows by name on this ABI, so that both filters can say the same. */
static void keep_known(struct policy *policy)
{
	for (uint32_t nr = 0; nr < POLICY_NR_MAX; nr++) {
		char *known = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)nr);

		if (!known)
			policy->listed[nr / 64] &= ~(UINT64_C(1) << (nr % 64));
		free(known);
	}
}

static scmp_filter_ctx oracle_filter(const struct policy *policy)
{
	uint32_t otherwise = policy->default_action == SECCOMP_RET_LOG ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS;
	bool allow = policy->kind == POLICY_ALLOW;
	scmp_filter_ctx context = seccomp_init(allow ? otherwise : SCMP_ACT_ALLOW);

	if (!context)
		return NULL;
	if (seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, otherwise) < 0)
		goto fail;
	for (uint32_t nr = 0; nr < POLICY_NR_MAX; nr++) {
		if (policy_lists(policy, nr) && seccomp_rule_add(context, allow ? SCMP_ACT_ALLOW : otherwise, (int)nr, 0) < 0)
			goto fail;
	}
	return context;
fail:
	seccomp_release(context);
	return NULL;
}

/* 0 when libseccomp cannot build it. */
static uint32_t oracle_compile(const struct policy *policy, struct sock_filter code[FILTER_LENGTH_MAX])
{
	scmp_filter_ctx context = oracle_filter(policy);
	int fd = memfd_create("oracle", MFD_CLOEXEC);
	ssize_t size = -1;

	if (context && fd >= 0 && seccomp_export_bpf(context, fd) == 0)
		size = pread(fd, code, FILTER_LENGTH_MAX * sizeof(code[0]), 0);
	if (context)
		seccomp_release(context);
	if (fd >= 0)
		close(fd);
	return size > 0 ? (uint32_t)((size_t)size / sizeof(code[0])) : 0;
}

static bool same_answers(const struct policy *policy)
{
	static struct sock_filter ours[FILTER_LENGTH_MAX], theirs[FILTER_LENGTH_MAX];
	uint32_t their_length = oracle_compile(policy, theirs), number_count, arch_count;
	const uint32_t *numbers = policies_numbers(&number_count), *arches = policies_arches(&arch_count);
	uint16_t our_length;

	if (their_length == 0 || filter_compile(policy, NULL, ours, &our_length) < 0)
		return false;
	for (uint32_t a = 0; a < arch_count; a++) {
		for (uint32_t i = 0; i < number_count; i++) {
			const struct seccomp_data data = { .nr = (int)numbers[i], .arch = arches[a] };
			uint32_t our = interpreter_run(ours, our_length, &data) & SECCOMP_RET_ACTION_FULL;
			uint32_t their = interpreter_run(theirs, their_length, &data) & SECCOMP_RET_ACTION_FULL;

			if (our != their) {
				tap_note("number %#x on %#x: ours %#x, libseccomp's %#x", numbers[i], arches[a], our, their);
				return false;
			}
		}
	}
	return true;
}

static void test_filters(void)
{
	uint32_t count = tap_sweep("policies compiled by libseccomp too", 400), same = 0;

	for (uint32_t seed = 0; seed < count; seed++) {
		struct random random = { seed };
		struct policy policy = policies_random(&random);

		keep_known(&policy);
		if (same_answers(&policy))
			same++;
		else
			tap_note("seed %u fails", seed);
	}
	tap_ok(same == count, "libseccomp's filter and ours answer alike for every number on every ABI (%u of %u)", same, count);
}

int main(void)
{
	for (uint32_t i = 0; i < sizeof(syscall_abis) / sizeof(syscall_abis[0]); i++)
		test_numbers(&syscall_abis[i]);
	test_filters();
	return tap_done();
}

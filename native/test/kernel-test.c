/* Compiled filters in the kernel: it loads them and answers as the policy says. Denied calls fail here instead of killing. */
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "install.h"
#include "policies.h"
#include "rawcall.h"
#include "syscalls.gen.h"
#include "tap.h"

/* SECCOMP_RET_ERRNO gives the data bits as the error, cut to the largest there is (kernel/seccomp.c): told from every real one. */
#define DENIED (-4095L)

/* Calls that may be made for nothing, and numbers that no kernel has a call for. */
static const uint32_t harmless[] = { __NR_getpid, __NR_getppid, __NR_getuid, __NR_geteuid, __NR_getgid, __NR_getegid, __NR_gettid,
				     __NR_sched_yield };
#define HARMLESS (sizeof(harmless) / sizeof(harmless[0]))
#define FIRST_FREE 600u

enum result { NOT_RUN, SAME, DIFFERENT, NOT_LOADED };

static bool right(const struct policy *policy, uint32_t nr)
{
	bool denied = RAWCALL((long)(int32_t)nr, 0, 0, 0, 0) == DENIED;

	return denied == (policies_verdict(policy, SYSCALL_ARCH_TOKEN, nr) != SECCOMP_RET_ALLOW);
}

static enum result try_all(const struct policy *policy)
{
	static struct sock_filter code[FILTER_LENGTH_MAX];
	uint16_t length;

	if (filter_compile(policy, NULL, code, &length) < 0 || install_filter(code, length, true) < 0)
		return NOT_LOADED;
	for (uint32_t i = 0; i < HARMLESS; i++) {
		if (!right(policy, harmless[i]))
			return DIFFERENT;
	}
	for (uint32_t nr = FIRST_FREE; nr < 1100; nr++) {
		if (!right(policy, nr))
			return DIFFERENT;
	}
#ifdef __x86_64__
	if (!right(policy, 0x40000000 + FIRST_FREE) || !right(policy, 0x3fffffff) || !right(policy, 0x80000000))
		return DIFFERENT;
#endif
	return right(policy, 0xffffffff) ? SAME : DIFFERENT;
}

/* In a child that ends by a call which every policy here lets pass. */
static enum result in_child(struct policy policy, enum result *shared)
{
	bool listed = policy.kind == POLICY_ALLOW;
	uint64_t bit = UINT64_C(1) << (__NR_exit_group % 64), *word = &policy.listed[__NR_exit_group / 64];
	pid_t pid;

	*word = listed ? *word | bit : *word & ~bit;
	policy.default_action = SECCOMP_RET_ERRNO;
	*shared = NOT_RUN;
	pid = fork();
	if (pid == 0) {
		*shared = try_all(&policy);
		RAWCALL(__NR_exit_group, 0);
		__builtin_trap(); /* a wrong filter must not leave the child running */
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid ? *shared : NOT_RUN;
}

int main(void)
{
	uint32_t count = tap_sweep("random policies in the kernel", 200), same = 0, loaded = 0;
	enum result *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return 1;
	for (uint32_t seed = 0; seed < count; seed++) {
		struct random random = { seed };
		enum result result = in_child(policies_random(&random), shared);

		loaded += result == SAME || result == DIFFERENT;
		same += result == SAME;
		if (result != SAME)
			tap_note("seed %u: result %d", seed, (int)result);
	}
	tap_ok(loaded == count, "the kernel loads each compiled filter (%u of %u)", loaded, count);
	tap_ok(same == count, "the kernel answers as the policy says (%u of %u)", same, count);
	return tap_done();
}

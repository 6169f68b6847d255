#include "filter.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "assembler.h"
#include "syscalls.gen.h"

_Static_assert(FILTER_LENGTH_MAX == BPF_MAXINSNS, "the kernel's limit");

#ifdef __x86_64__
/* From __X32_SYSCALL_BIT on. Not -1, by which a tracer skips a call: no kernel runs it, on any ABI. libseccomp says the same. */
#define X32_FIRST 0x40000000u
#define X32_LAST 0xfffffffeu
#endif
#define SINGLES_MAX 4u
#define SEGMENTS_MAX (POLICY_NR_MAX + 3)
#define LENGTH_BOUND(segments) (3 * (segments) + 64) /* a comparison with two stepping stones for each, and the guard */
_Static_assert(LENGTH_BOUND(SEGMENTS_MAX) <= FILTER_LENGTH_MAX, "the largest policy must fit");

/* From .first up to the next segment's, every number has one verdict. */
struct segment {
	uint32_t first;
	bool allow;
};

static uint32_t split(const struct policy *policy, struct segment segments[SEGMENTS_MAX]);
static bool allows(const struct policy *policy, uint32_t nr);
static void add_segment(const struct policy *policy, struct segment *segments, uint32_t *count, uint32_t first);
static uint32_t gather(const struct segment *segments, uint32_t count, uint16_t starts[SEGMENTS_MAX + 1]);
static uint32_t emit_search(struct assembler *to, const struct segment *segments, const uint16_t *starts, uint32_t count);
static uint32_t emit_stretch(struct assembler *to, const struct segment *segments, uint32_t count);
static void emit_guard(struct assembler *to, const struct policy *policy, const struct exec_guard *guard);
static uint32_t emit_guard_returns(struct assembler *to);
static void emit_compare(struct assembler *to, uint32_t argument, uint64_t value, uint32_t otherwise);
static void emit_compare_half(struct assembler *to, uint32_t argument, bool upper, uint32_t value, uint32_t otherwise);

int filter_compile(const struct policy *policy, const struct exec_guard *guard, struct sock_filter code[FILTER_LENGTH_MAX],
		   uint16_t *ret_length)
{
	struct segment segments[SEGMENTS_MAX];
	uint16_t starts[SEGMENTS_MAX + 1];
	uint32_t count = split(policy, segments), end = LENGTH_BOUND(count), foreign, native, length;
	struct assembler to = {
		.code = code,
		.top = end, /* not the buffer's end: pages that are not touched cost nothing */
		.default_return = policy->default_action | FILTER_SIGNATURE,
	};

	if (policy->kind == POLICY_NONE)
		return -EINVAL;
	emit_search(&to, segments, starts, gather(segments, count, starts));
	if (guard)
		emit_guard(&to, policy, guard);
	native = assemble_load(&to, offsetof(struct seccomp_data, nr));
	foreign = assemble_return(&to, false);
	assemble_jump(&to, BPF_JEQ, SYSCALL_ARCH_TOKEN, native, foreign);
	assemble_load(&to, offsetof(struct seccomp_data, arch));
	if (to.full)
		return -E2BIG;

	length = end - to.top;
	for (uint32_t i = 0; i < length; i++)
		code[i] = code[to.top + i];
	*ret_length = (uint16_t)length;
	return 0;
}

static uint32_t split(const struct policy *policy, struct segment segments[SEGMENTS_MAX])
{
	uint32_t count = 0;
	uint64_t carry = policy->listed[0] & 1;

	add_segment(policy, segments, &count, 0);
	for (uint32_t i = 0; i <= POLICY_NR_MAX / 64; i++) {
		uint64_t word = i < POLICY_NR_MAX / 64 ? policy->listed[i] : 0;
		uint64_t changes = word ^ (word << 1 | carry);

		for (carry = word >> 63; changes; changes &= changes - 1)
			add_segment(policy, segments, &count, i * 64 + (uint32_t)__builtin_ctzll(changes));
	}
#ifdef __x86_64__
	if (policy->kind == POLICY_DENY) {
		add_segment(policy, segments, &count, X32_FIRST);
		add_segment(policy, segments, &count, X32_LAST + 1);
	}
#endif
	return count;
}

static void add_segment(const struct policy *policy, struct segment *segments, uint32_t *count, uint32_t first)
{
	segments[(*count)++] = (struct segment){ .first = first, .allow = allows(policy, first) };
}

static bool allows(const struct policy *policy, uint32_t nr)
{
#ifdef __x86_64__
	if (nr >= X32_FIRST && nr <= X32_LAST)
		return false;
#endif
	return policy_lists(policy, nr) == (policy->kind == POLICY_ALLOW);
}

/*
 * Groups the segments into stretches: one verdict but for a few single numbers, each found by one JEQ where cutting it out would
 * take two JGE. starts[i] is the first segment of stretch i; it lasts until the next one starts.
 */
static uint32_t gather(const struct segment *segments, uint32_t count, uint16_t starts[SEGMENTS_MAX + 1])
{
	uint32_t stretches = 0, at = 0;

	while (at < count) {
		uint32_t singles = 0;

		starts[stretches++] = (uint16_t)at;
		while (singles < SINGLES_MAX && at + 2 < count && segments[at + 2].first == segments[at + 1].first + 1) {
			singles++;
			at += 2;
		}
		at++;
	}
	starts[stretches] = (uint16_t)count;
	return stretches;
}

/* A balanced tree over the stretches: left of the middle one's first number, or from it on. */
static uint32_t emit_search(struct assembler *to, const struct segment *segments, const uint16_t *starts, uint32_t count)
{
	uint32_t middle = count / 2, left, right;

	if (count == 1)
		return emit_stretch(to, segments + starts[0], starts[1] - starts[0]);
	right = emit_search(to, segments, starts + middle, count - middle);
	left = emit_search(to, segments, starts, middle);
	right = assemble_near(to, right);
	left = assemble_near(to, left);
	return assemble_jump(to, BPF_JGE, segments[starts[middle]].first, right, left);
}

/* Segments 1, 3, 5 … are single numbers; the others have the verdict of segment 0. */
static uint32_t emit_stretch(struct assembler *to, const struct segment *segments, uint32_t count)
{
	uint32_t entry;

	for (entry = assemble_return(to, segments[0].allow); count > 1; count -= 2) {
		uint32_t single = assemble_return(to, !segments[0].allow);

		entry = assemble_jump(to, BPF_JEQ, segments[count - 2].first, single, assemble_near(to, entry));
	}
	return entry;
}

/* Stands before the search, which other numbers go on to; a guarded call that does not match gets the default action. */
static void emit_guard(struct assembler *to, const struct policy *policy, const struct exec_guard *guard)
{
	uint32_t search = to->top, otherwise;

	if (guard->exit_secret && !allows(policy, __NR_exit_group)) {
		otherwise = emit_guard_returns(to);
		emit_compare_half(to, 0, true, guard->exit_secret, otherwise);
		assemble_jump(to, BPF_JEQ, __NR_exit_group, to->top, search);
		search = to->top;
	}
	if (guard->message && !allows(policy, __NR_write)) {
		otherwise = emit_guard_returns(to);
		emit_compare(to, 1, guard->message, otherwise);
		assemble_jump(to, BPF_JEQ, __NR_write, to->top, search);
		search = to->top;
	}
	if (!allows(policy, __NR_execve)) {
		otherwise = emit_guard_returns(to);
		emit_compare(to, 2, guard->envp, otherwise);
		emit_compare(to, 1, guard->argv, otherwise);
		emit_compare(to, 0, guard->filename, otherwise);
		assemble_jump(to, BPF_JEQ, __NR_execve, to->top, search);
	}
}

/* ALLOW to fall into, and behind it what a mismatch jumps to. */
static uint32_t emit_guard_returns(struct assembler *to)
{
	uint32_t otherwise = assemble_new_return(to, false);

	assemble_new_return(to, true);
	return otherwise;
}

/* Falls through when the argument is VALUE, in all its 64 bits. */
static void emit_compare(struct assembler *to, uint32_t argument, uint64_t value, uint32_t otherwise)
{
	emit_compare_half(to, argument, true, (uint32_t)(value >> 32), otherwise);
	emit_compare_half(to, argument, false, (uint32_t)value, otherwise);
}

static void emit_compare_half(struct assembler *to, uint32_t argument, bool upper, uint32_t value, uint32_t otherwise)
{
	uint32_t first = (uint32_t)offsetof(struct seccomp_data, args[0]) + argument * (uint32_t)sizeof(uint64_t);
	bool big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	assemble_jump(to, BPF_JEQ, value, to->top, otherwise);
	assemble_load(to, first + (upper != big_endian ? 4 : 0));
}

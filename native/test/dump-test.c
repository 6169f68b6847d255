/* What --dump tells of a filter: the interpreter against the kernel's own, the summary, the listing. */
#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi-names.h"
#include "bpf.h"
#include "filter.h"
#include "listing.h"
#include "random.h"
#include "summary.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PROBED_NR 1000 /* no kernel has it */
#define PROLOGUE (3 + BPF_MEMWORDS)
#define PROGRAM_MAX (PROLOGUE + 32)

/*
 * A valid program: for PROBED_NR random instructions with forward jumps that end in SECCOMP_RET_ERRNO, the number being the
 * result; all else is allowed. The memory is written first: the kernel refuses to read what was not.
 */
static uint16_t make_program(struct random *random, struct sock_filter code[PROGRAM_MAX])
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_W | BPF_ABS,   BPF_LD | BPF_IMM,	       BPF_LD | BPF_MEM,	   BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_IMM,	    BPF_LDX | BPF_MEM,	       BPF_LDX | BPF_W | BPF_LEN,  BPF_ST,
		BPF_STX,		    BPF_ALU | BPF_ADD | BPF_K, BPF_ALU | BPF_ADD | BPF_X,  BPF_ALU | BPF_SUB | BPF_K,
		BPF_ALU | BPF_SUB | BPF_X,  BPF_ALU | BPF_MUL | BPF_K, BPF_ALU | BPF_AND | BPF_K,  BPF_ALU | BPF_OR | BPF_X,
		BPF_ALU | BPF_XOR | BPF_K,  BPF_ALU | BPF_NEG,	       BPF_ALU | BPF_LSH | BPF_K,  BPF_ALU | BPF_RSH | BPF_K,
		BPF_ALU | BPF_DIV | BPF_K,  BPF_MISC | BPF_TAX,	       BPF_MISC | BPF_TXA,	   BPF_JMP | BPF_JA,
		BPF_JMP | BPF_JEQ | BPF_K,  BPF_JMP | BPF_JGT | BPF_K, BPF_JMP | BPF_JGE | BPF_X,  BPF_JMP | BPF_JSET | BPF_K,
		BPF_RET | BPF_K,
	};
	uint16_t length = 0, end = (uint16_t)(PROLOGUE + 1 + random_below(random, PROGRAM_MAX - PROLOGUE - 4));

	code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROBED_NR, 1, 0);
	code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	for (uint32_t i = 0; i < BPF_MEMWORDS; i++)
		code[length++] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	while (length < end) {
		uint32_t rest = (uint32_t)(end - length);
		struct sock_filter *at = &code[length++];

		*at = (struct sock_filter){ .code = codes[random_below(random, COUNT(codes))], .k = 1 + random_below(random, 31) };
		if (at->code == (BPF_LD | BPF_W | BPF_ABS))
			at->k = (uint32_t)offsetof(struct seccomp_data, args) + 4 * random_below(random, 12);
		else if (BPF_MODE(at->code) == BPF_MEM || BPF_CLASS(at->code) == BPF_ST || BPF_CLASS(at->code) == BPF_STX)
			at->k = random_below(random, BPF_MEMWORDS);
		else if (BPF_CLASS(at->code) == BPF_RET)
			at->k |= SECCOMP_RET_ERRNO;
		if (BPF_CLASS(at->code) == BPF_JMP) {
			at->k = BPF_OP(at->code) == BPF_JA ? random_below(random, rest) : at->k;
			at->jt = (uint8_t)random_below(random, rest);
			at->jf = (uint8_t)random_below(random, rest);
		}
	}
	code[length++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x7ff);
	code[length++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO);
	code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return length;
}

/* What the kernel makes of it: the error of PROBED_NR under the program; -1 where it does not load. */
static int ask_kernel(const struct sock_filter *code, uint16_t length, const uint64_t args[6])
{
	const struct sock_fprog program = { .len = length, .filter = (struct sock_filter *)(uintptr_t)code };
	int answer[2], found = -1;
	pid_t pid;

	if (pipe(answer) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
			found = syscall(PROBED_NR, args[0], args[1], args[2], args[3], args[4], args[5]) == 0 ? 0 : errno;
		_exit(write(answer[1], &found, sizeof(found)) == sizeof(found) ? 0 : 1);
	}
	close(answer[1]);
	if (read(answer[0], &found, sizeof(found)) != sizeof(found))
		found = -1;
	close(answer[0]);
	waitpid(pid, NULL, 0);
	return found;
}

/* By going every way. */
static uint32_t walk(const struct sock_filter *code, uint32_t at)
{
	uint32_t left, right;

	if (BPF_CLASS(code[at].code) == BPF_RET)
		return 1;
	if (BPF_CLASS(code[at].code) != BPF_JMP)
		return 1 + walk(code, at + 1);
	if (BPF_OP(code[at].code) == BPF_JA)
		return 1 + walk(code, at + 1 + code[at].k);
	left = walk(code, at + 1 + code[at].jt);
	right = walk(code, at + 1 + code[at].jf);
	return 1 + (left > right ? left : right);
}

static void interpret(void)
{
	unsigned count = tap_sweep("random programs", 400), different = 0, longer = 0;
	struct random random = { .state = 1 };

	for (unsigned i = 0; i < count; i++) {
		struct sock_filter code[PROGRAM_MAX];
		uint16_t length = make_program(&random, code);
		struct seccomp_data data = { .nr = PROBED_NR, .arch = abi_arch_token };
		uint64_t args[6];
		int kernel;

		for (int j = 0; j < 6; j++)
			data.args[j] = args[j] = random_next(&random) & 0x3f0000003f;
		kernel = ask_kernel(code, length, args);
		if (kernel < 0 || bpf_run(code, length, &data).value != (SECCOMP_RET_ERRNO | (uint32_t)kernel)) {
			tap_note("program %u: the kernel says %d, we %#x", i, kernel, bpf_run(code, length, &data).value);
			different++;
		}
		longer += bpf_longest(code, length) != walk(code, 0);
	}
	tap_ok(different == 0, "random programs give what the kernel gives");
	tap_ok(longer == 0, "the longest way is the longest of all ways");
}

static void refuse_broken(void)
{
	static const struct {
		struct sock_filter code[2];
		const char *what;
	} cases[] = {
		{ { BPF_STMT(BPF_LD | BPF_IMM, 1), BPF_STMT(BPF_LD | BPF_IMM, 1) }, "no end" },
		{ { BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), BPF_STMT(BPF_RET, 0x7fff0000) }, "a jump back" },
		{ { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 9, 9), BPF_STMT(BPF_RET, 0x7fff0000) }, "a jump out" },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), BPF_STMT(BPF_RET, 0x7fff0000) }, "a load out of the data" },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), BPF_STMT(BPF_RET, 0x7fff0000) }, "a load across words" },
		{ { BPF_STMT(BPF_LD | BPF_MEM, 16), BPF_STMT(BPF_RET, 0x7fff0000) }, "a load out of the memory" },
		{ { BPF_STMT(BPF_ST, 16), BPF_STMT(BPF_RET, 0x7fff0000) }, "a store out of the memory" },
		{ { BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), BPF_STMT(BPF_RET, 0x7fff0000) }, "a division by zero" },
		{ { BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0), BPF_STMT(BPF_RET, 0x7fff0000) }, "a load the kernel has not" },
	};
	const struct seccomp_data data = { 0 };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bpf_verdict verdict = bpf_run(cases[i].code, 2, &data);

		tap_ok(verdict.value == SECCOMP_RET_KILL_PROCESS && bpf_longest(cases[i].code, 2) <= 2, "refused: %s", cases[i].what);
	}
	tap_ok(bpf_longest(NULL, 0) == 0, "a program without instructions");
}

static void summarize(void)
{
	static struct sock_filter code[FILTER_LENGTH_MAX];
	const struct sock_filter mixed[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG | FILTER_SIGNATURE),
	};
	struct policy policy = { .kind = POLICY_DENY, .default_action = SECCOMP_RET_LOG, .listed = { 1 } };
	struct summary summary;
	uint16_t length;

	filter_compile(&policy, NULL, code, &length);
	summary = summary_make(code, length);
	tap_ok(summary.ours && strcmp(summary.default_action, "log") == 0 && strcmp(summary.unlisted, "allow") == 0,
	       "a DENY filter of ours is told as such");
	summary = summary_make(mixed, COUNT(mixed));
	tap_ok(!summary.ours && strcmp(summary.default_action, "log") == 0, "a filter that only bears the mark in part is not ours");
	tap_ok(bpf_action_name(SECCOMP_RET_ERRNO | 13) == bpf_action_name(SECCOMP_RET_ERRNO) &&
		       strcmp(bpf_action_name(0x12340000), "unknown") == 0,
	       "the name of an action does not hang on its data");
}

static bool lists_as(const struct sock_filter *code, uint32_t length, const char *wanted)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	bool same;

	if (!to)
		return false;
	listing_print(to, code, length);
	fclose(to);
	same = strcmp(text, wanted) == 0;
	if (!same)
		tap_note("%s", text);
	free(text);
	return same;
}

static void list(void)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 20, 1, 0), /* not writev: i386 made the call */
		BPF_STMT(BPF_JMP | BPF_JA, 6),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, abi_arch_token, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, __NR_write, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]) + 4),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, __NR_write, 0, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	char wanted[1024];

	snprintf(wanted, sizeof(wanted),
		 "    0  ld    arch\n"
		 "    1  jeq   0x40000003 (i386)  yes -> 2  no -> 6\n"
		 "    2  ld    nr\n"
		 "    3  jeq   20  yes -> 5  no -> 4\n"
		 "    4  ja    -> 11\n"
		 "    5  ret   errno 1\n"
		 "    6  jeq   0x%x (%s)  yes -> 7  no -> 11\n"
		 "    7  ld    nr\n"
		 "    8  jge   %u (write)  yes -> 9  no -> 11\n"
		 "    9  ld    args[1]+4\n"
		 "   10  jset  0x%x  yes -> 11  no -> 11\n"
		 "   11  ret   a\n",
		 abi_arch_token, abi_arch_name(abi_arch_token), __NR_write, __NR_write);
	tap_ok(lists_as(code, COUNT(code), wanted), "names are given only where the architecture and the content are certain");
}

int main(void)
{
	interpret();
	refuse_broken();
	summarize();
	list();
	return tap_done();
}

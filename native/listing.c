#include "listing.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#include "abi-names.h"
#include "bpf.h"
#include "filter.h"

/* What is certain when an instruction is reached, whatever way led there. */
enum content { CONTENT_UNREACHED, CONTENT_NR, CONTENT_ARCH, CONTENT_OTHER };
enum machine { MACHINE_UNKNOWN, MACHINE_NATIVE, MACHINE_FOREIGN };
struct known {
	uint8_t content; /* of the accumulator */
	uint8_t machine; /* that makes the call */
};

static void flow(const struct sock_filter *code, uint32_t length, uint32_t at, struct known known[]);
static void reach(struct known *known, struct known from);
static void print_load(FILE *to, const struct sock_filter *instruction);
static void print_jump(FILE *to, const struct sock_filter *instruction, uint32_t at, struct known known);
static void print_return(FILE *to, const struct sock_filter *instruction);

void listing_print(FILE *to, const struct sock_filter *code, uint32_t length)
{
	struct known known[BPF_MAXINSNS + 256] = { { CONTENT_OTHER, MACHINE_UNKNOWN } };

	for (uint32_t at = 0; at < length; at++) {
		const struct sock_filter *instruction = &code[at];

		flow(code, length, at, known);
		fprintf(to, "%5u  ", at);
		switch (BPF_CLASS(instruction->code)) {
		case BPF_LD:
			print_load(to, instruction);
			break;
		case BPF_JMP:
			print_jump(to, instruction, at, known[at]);
			break;
		case BPF_RET:
			print_return(to, instruction);
			break;
		default:
			fprintf(to, "code 0x%02x k %u", instruction->code, instruction->k);
		}
		fputc('\n', to);
	}
}

/* All jumps go forward, so one pass in order suffices. */
static void flow(const struct sock_filter *code, uint32_t length, uint32_t at, struct known known[])
{
	const struct sock_filter *instruction = &code[at];
	struct known after = known[at];

	if (BPF_CLASS(instruction->code) == BPF_RET)
		return;
	if (BPF_CLASS(instruction->code) != BPF_JMP) {
		if (BPF_CLASS(instruction->code) != BPF_LDX && BPF_CLASS(instruction->code) != BPF_ST &&
		    BPF_CLASS(instruction->code) != BPF_STX)
			after.content = CONTENT_OTHER;
		if (instruction->code == (BPF_LD | BPF_W | BPF_ABS) && instruction->k == offsetof(struct seccomp_data, nr))
			after.content = CONTENT_NR;
		if (instruction->code == (BPF_LD | BPF_W | BPF_ABS) && instruction->k == offsetof(struct seccomp_data, arch))
			after.content = CONTENT_ARCH;
		reach(&known[at + 1], after);
	} else if (BPF_OP(instruction->code) == BPF_JA) {
		if (instruction->k < length - at)
			reach(&known[at + 1 + instruction->k], after);
	} else {
		reach(&known[at + 1 + instruction->jf], after);
		if (instruction->code == (BPF_JMP | BPF_JEQ | BPF_K) && after.content == CONTENT_ARCH)
			after.machine = instruction->k == abi_arch_token ? MACHINE_NATIVE : MACHINE_FOREIGN;
		reach(&known[at + 1 + instruction->jt], after);
	}
}

static void reach(struct known *known, struct known from)
{
	if (known->content == CONTENT_UNREACHED) {
		*known = from;
		return;
	}
	if (known->content != from.content)
		known->content = CONTENT_OTHER;
	if (known->machine != from.machine)
		known->machine = MACHINE_UNKNOWN;
}

static void print_load(FILE *to, const struct sock_filter *instruction)
{
	uint32_t k = instruction->k;

	if (instruction->code != (BPF_LD | BPF_W | BPF_ABS))
		fprintf(to, "ld    code 0x%02x k %u", instruction->code, k);
	else if (k == offsetof(struct seccomp_data, nr))
		fputs("ld    nr", to);
	else if (k == offsetof(struct seccomp_data, arch))
		fputs("ld    arch", to);
	else if (k < offsetof(struct seccomp_data, args))
		fprintf(to, "ld    instruction_pointer+%u", k - (uint32_t)offsetof(struct seccomp_data, instruction_pointer));
	else
		fprintf(to, "ld    args[%u]+%u", (k - (uint32_t)offsetof(struct seccomp_data, args)) / 8, k % 8);
}

static void print_jump(FILE *to, const struct sock_filter *instruction, uint32_t at, struct known known)
{
	static const char mnemonics[][5] = { "ja", "jeq", "jgt", "jge", "jset" };
	uint32_t operation = BPF_OP(instruction->code) >> 4, k = instruction->k;
	const char *name = NULL;

	if (operation >= sizeof(mnemonics) / sizeof(mnemonics[0])) {
		fprintf(to, "code 0x%02x k %u", instruction->code, k);
		return;
	}
	fprintf(to, "%-6s", mnemonics[operation]);
	if (BPF_OP(instruction->code) == BPF_JA) {
		fprintf(to, "-> %u", at + 1 + k);
		return;
	}
	if (BPF_SRC(instruction->code) == BPF_X)
		fputs("x", to);
	else if (known.content == CONTENT_ARCH)
		name = abi_arch_name(k);
	else if (known.content == CONTENT_NR && known.machine == MACHINE_NATIVE)
		name = abi_name(k);
	if (BPF_SRC(instruction->code) == BPF_K)
		fprintf(to, known.content == CONTENT_NR && k < ABI_NR_MAX ? "%u" : "0x%x", k);
	if (name)
		fprintf(to, " (%s)", name);
	fprintf(to, "  yes -> %u  no -> %u", at + 1 + instruction->jt, at + 1 + instruction->jf);
}

static void print_return(FILE *to, const struct sock_filter *instruction)
{
	uint32_t data = instruction->k & SECCOMP_RET_DATA;

	if (BPF_RVAL(instruction->code) == BPF_A) {
		fputs("ret   a", to);
		return;
	}
	fprintf(to, "ret   %s", bpf_action_name(instruction->k));
	if (data == FILTER_SIGNATURE)
		fputs(" (signed by sandboxify or libsandbox.so)", to);
	else if (data)
		fprintf(to, " %u", data);
}

#include "bpf.h"

#include <linux/bpf_common.h>
#include <stddef.h>
#include <string.h>

struct machine {
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
	const struct seccomp_data *data;
	bool by_argument;
};

static bool step(struct machine *machine, const struct sock_filter *instruction);
static bool load(struct machine *machine, const struct sock_filter *instruction, uint32_t *to);
static bool compute(struct machine *machine, const struct sock_filter *instruction);
static uint32_t jump(const struct machine *machine, const struct sock_filter *instruction);

struct bpf_verdict bpf_run(const struct sock_filter *code, uint32_t length, const struct seccomp_data *data)
{
	struct machine machine = { .data = data };

	for (uint32_t at = 0; at < length; at++) {
		const struct sock_filter *instruction = &code[at];

		if (BPF_CLASS(instruction->code) == BPF_RET)
			return (struct bpf_verdict){
				.value = BPF_RVAL(instruction->code) == BPF_A ? machine.a : instruction->k,
				.by_argument = machine.by_argument,
			};
		if (BPF_CLASS(instruction->code) == BPF_JMP) {
			uint32_t over = jump(&machine, instruction);

			if (over >= length - at)
				break;
			at += over;
		} else if (!step(&machine, instruction)) {
			break;
		}
	}
	return (struct bpf_verdict){ .value = SECCOMP_RET_KILL_PROCESS };
}

uint32_t bpf_longest(const struct sock_filter *code, uint32_t length)
{
	uint16_t longest[BPF_MAXINSNS + 1] = { 0 };

	for (uint32_t at = length; at-- > 0;) {
		const struct sock_filter *instruction = &code[at];
		uint32_t next = at + 1, other = at + 1;

		if (BPF_CLASS(instruction->code) == BPF_RET)
			next = other = length;
		else if (BPF_CLASS(instruction->code) == BPF_JMP && BPF_OP(instruction->code) == BPF_JA)
			next = other = instruction->k < length - at ? next + instruction->k : length;
		else if (BPF_CLASS(instruction->code) == BPF_JMP) {
			next += instruction->jt;
			other += instruction->jf;
		}
		next = next < length ? next : length;
		other = other < length ? other : length;
		longest[at] = (uint16_t)(1 + (longest[next] > longest[other] ? longest[next] : longest[other]));
	}
	return length ? longest[0] : 0;
}

const char *bpf_action_name(uint32_t value)
{
	switch (value & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS:
		return "kill";
	case SECCOMP_RET_KILL_THREAD:
		return "kill_thread";
	case SECCOMP_RET_TRAP:
		return "trap";
	case SECCOMP_RET_ERRNO:
		return "errno";
	case SECCOMP_RET_USER_NOTIF:
		return "user_notif";
	case SECCOMP_RET_TRACE:
		return "trace";
	case SECCOMP_RET_LOG:
		return "log";
	case SECCOMP_RET_ALLOW:
		return "allow";
	default:
		return "unknown";
	}
}

static bool step(struct machine *machine, const struct sock_filter *instruction)
{
	switch (BPF_CLASS(instruction->code)) {
	case BPF_LD:
		return load(machine, instruction, &machine->a);
	case BPF_LDX:
		return load(machine, instruction, &machine->x);
	case BPF_ST:
	case BPF_STX:
		if (instruction->k >= BPF_MEMWORDS)
			return false;
		machine->memory[instruction->k] = BPF_CLASS(instruction->code) == BPF_ST ? machine->a : machine->x;
		return true;
	case BPF_ALU:
		return compute(machine, instruction);
	case BPF_MISC:
		if (BPF_MISCOP(instruction->code) == BPF_TAX)
			machine->x = machine->a;
		else
			machine->a = machine->x;
		return true;
	default:
		return false;
	}
}

static bool load(struct machine *machine, const struct sock_filter *instruction, uint32_t *to)
{
	uint32_t k = instruction->k;

	switch (BPF_MODE(instruction->code)) {
	case BPF_IMM:
		*to = k;
		return true;
	case BPF_LEN:
		*to = sizeof(struct seccomp_data);
		return true;
	case BPF_MEM:
		if (k >= BPF_MEMWORDS)
			return false;
		*to = machine->memory[k];
		return true;
	case BPF_ABS:
		if (k > sizeof(struct seccomp_data) - sizeof(*to) || k % sizeof(*to) != 0)
			return false;
		if (k >= offsetof(struct seccomp_data, instruction_pointer))
			machine->by_argument = true;
		memcpy(to, (const char *)machine->data + k, sizeof(*to));
		return true;
	default:
		return false;
	}
}

static bool compute(struct machine *machine, const struct sock_filter *instruction)
{
	uint32_t with = BPF_SRC(instruction->code) == BPF_X ? machine->x : instruction->k;
	uint32_t *a = &machine->a;

	switch (BPF_OP(instruction->code)) {
	case BPF_ADD:
		*a += with;
		return true;
	case BPF_SUB:
		*a -= with;
		return true;
	case BPF_MUL:
		*a *= with;
		return true;
	case BPF_DIV:
		if (with == 0)
			return false;
		*a /= with;
		return true;
	case BPF_AND:
		*a &= with;
		return true;
	case BPF_OR:
		*a |= with;
		return true;
	case BPF_XOR:
		*a ^= with;
		return true;
	case BPF_LSH:
		*a = with < 32 ? *a << with : 0;
		return true;
	case BPF_RSH:
		*a = with < 32 ? *a >> with : 0;
		return true;
	case BPF_NEG:
		*a = 0 - *a;
		return true;
	default:
		return false;
	}
}

/* How many instructions are passed over. */
static uint32_t jump(const struct machine *machine, const struct sock_filter *instruction)
{
	uint32_t with = BPF_SRC(instruction->code) == BPF_X ? machine->x : instruction->k;
	bool met;

	switch (BPF_OP(instruction->code)) {
	case BPF_JA:
		return instruction->k;
	case BPF_JEQ:
		met = machine->a == with;
		break;
	case BPF_JGT:
		met = machine->a > with;
		break;
	case BPF_JGE:
		met = machine->a >= with;
		break;
	default: /* BPF_JSET, the last the kernel takes */
		met = machine->a & with;
		break;
	}
	return met ? instruction->jt : instruction->jf;
}

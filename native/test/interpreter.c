#include "interpreter.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool holds(uint16_t code, uint32_t value, uint32_t k);
static bool is_jump(uint16_t code);

bool interpreter_accepts(const struct sock_filter *code, uint32_t length)
{
	if (length == 0 || length > BPF_MAXINSNS)
		return false;
	for (uint32_t pc = 0; pc < length; pc++) {
		const struct sock_filter *at = &code[pc];

		switch (at->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (at->k >= sizeof(struct seccomp_data) || at->k % 4)
				return false;
			break;
		case BPF_RET | BPF_K:
		case BPF_ALU | BPF_AND | BPF_K:
			break;
		case BPF_JMP | BPF_JA:
			if (at->k >= length - pc - 1)
				return false;
			break;
		default:
			if (!is_jump(at->code) || pc + at->jt + 1 >= length || pc + at->jf + 1 >= length)
				return false;
		}
	}
	return code[length - 1].code == (BPF_RET | BPF_K);
}

uint32_t interpreter_run(const struct sock_filter *code, uint32_t length, const struct seccomp_data *data)
{
	uint32_t value = 0;

	for (uint32_t pc = 0; pc < length; pc++) {
		const struct sock_filter *at = &code[pc];

		if (at->code == (BPF_LD | BPF_W | BPF_ABS) && at->k <= sizeof(*data) - 4)
			memcpy(&value, (const char *)data + at->k, 4);
		else if (at->code == (BPF_RET | BPF_K))
			return at->k;
		else if (at->code == (BPF_JMP | BPF_JA))
			pc += at->k;
		else if (at->code == (BPF_ALU | BPF_AND | BPF_K))
			value &= at->k;
		else if (is_jump(at->code))
			pc += holds(at->code, value, at->k) ? at->jt : at->jf;
		else
			break;
	}
	fprintf(stderr, "interpreter: unknown instruction or no return\n");
	abort();
}

bool interpreter_is_const_allow(const struct sock_filter *code, uint32_t length, uint32_t arch, uint32_t nr)
{
	uint32_t value = 0;

	for (uint32_t pc = 0; pc < length; pc++) {
		const struct sock_filter *at = &code[pc];

		switch (at->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (at->k == offsetof(struct seccomp_data, nr))
				value = nr;
			else if (at->k == offsetof(struct seccomp_data, arch))
				value = arch;
			else
				return false;
			break;
		case BPF_RET | BPF_K:
			return at->k == SECCOMP_RET_ALLOW;
		case BPF_JMP | BPF_JA:
			pc += at->k;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			value &= at->k;
			break;
		default:
			if (!is_jump(at->code))
				return false;
			pc += holds(at->code, value, at->k) ? at->jt : at->jf;
		}
	}
	return false;
}

static bool is_jump(uint16_t code)
{
	return code == (BPF_JMP | BPF_JEQ | BPF_K) || code == (BPF_JMP | BPF_JGE | BPF_K) || code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       code == (BPF_JMP | BPF_JSET | BPF_K);
}

static bool holds(uint16_t code, uint32_t value, uint32_t k)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return value == k;
	case BPF_JGE:
		return value >= k;
	case BPF_JGT:
		return value > k;
	default: /* BPF_JSET */
		return value & k;
	}
}

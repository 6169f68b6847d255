#include "assembler.h"

#include <linux/seccomp.h>

#define REACH 254u /* a conditional jump passes over 255 instructions at most; one is kept for its other side's stepping stone */

static uint32_t emit(struct assembler *to, struct sock_filter instruction);

uint32_t assemble_load(struct assembler *to, uint32_t offset)
{
	return emit(to, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

uint32_t assemble_jump(struct assembler *to, uint16_t condition, uint32_t k, uint32_t if_true, uint32_t if_false)
{
	uint16_t code = (uint16_t)(BPF_JMP | BPF_K | condition);

	return emit(to, (struct sock_filter)BPF_JUMP(code, k, (uint8_t)(if_true - to->top), (uint8_t)(if_false - to->top)));
}

uint32_t assemble_return(struct assembler *to, bool allow)
{
	if (!to->return_at[allow] || to->return_at[allow] - to->top > REACH)
		to->return_at[allow] = assemble_new_return(to, allow);
	return to->return_at[allow];
}

uint32_t assemble_new_return(struct assembler *to, bool allow)
{
	return emit(to, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, allow ? SECCOMP_RET_ALLOW : to->default_return));
}

uint32_t assemble_near(struct assembler *to, uint32_t target)
{
	if (target - to->top <= REACH)
		return target;
	if (to->code[target].code == (BPF_RET | BPF_K))
		return assemble_return(to, to->code[target].k == SECCOMP_RET_ALLOW);
	return emit(to, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, target - to->top));
}

static uint32_t emit(struct assembler *to, struct sock_filter instruction)
{
	if (to->top == 0) {
		to->full = true;
		return 0;
	}
	to->code[--to->top] = instruction;
	return to->top;
}

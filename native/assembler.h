/*
 * Writes classic BPF from its end to its beginning, so that the target of every jump is known when the jump is written.
 * Positions are indices into the buffer; every function gives the position of what it wrote. Pure: no call, no heap.
 */
#pragma once
#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

struct assembler {
	struct sock_filter *code;
	uint32_t top;          /* the first instruction so far; to begin with, the end of the buffer */
	uint32_t return_at[2]; /* the newest return of the default action, of ALLOW; 0: none yet */
	uint32_t default_return;
	bool full; /* it did not fit: what was written is of no use */
};

/* A load of the word at OFFSET of struct seccomp_data. */
uint32_t assemble_load(struct assembler *to, uint32_t offset);

/* CONDITION: BPF_JEQ, BPF_JGE. The targets: what was written last, or what assemble_return() or assemble_near() just gave. */
uint32_t assemble_jump(struct assembler *to, uint16_t condition, uint32_t k, uint32_t if_true, uint32_t if_false);

/* A return that the next jump can reach: one that stands already, or a new one. */
uint32_t assemble_return(struct assembler *to, bool allow);

/* A return of its own, wherever others stand. */
uint32_t assemble_new_return(struct assembler *to, bool allow);

/* TARGET, or a stepping stone to it that the next jump can reach, even if its other target needs a stone too. */
uint32_t assemble_near(struct assembler *to, uint32_t target);

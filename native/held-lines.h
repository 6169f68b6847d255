/*
 * One source's lines, numbered from 1, which stay until a reader says that it keeps them itself: what was given to a reader
 * that died is given to the next. Where the ring is full the newest are dropped and counted: what has a number keeps it, and
 * the loss line stands where the hole is. Pure: no call, memory is the caller's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line-ring.h"

struct held_lines {
	struct line_ring ring;
	uint64_t first; /* number of the oldest line that is held, or of the next one that comes */
	size_t given;   /* bytes of them that this reader has been given */
	size_t reached; /* bytes of them that any reader has been given */
};

void held_init(struct held_lines *held, char *memory, size_t size);

/*
 * A reader begins that keeps all lines up to AFTER (0: none). Gives the number of the first line that it will get: AFTER + 1,
 * or the oldest that is held where AFTER is no line that a reader can have.
 */
uint64_t held_begin(struct held_lines *held, uint64_t after, uint64_t at_ms);

/* The longest contiguous piece that the reader has not been given; its length, 0 where there is none. */
size_t held_peek(const struct held_lines *held, const char **ret_bytes);
void held_give(struct held_lines *held, size_t length);

/* The reader keeps all lines up to NUMBER: they go. 0, or -EPROTO where it was not given them. */
int held_acknowledge(struct held_lines *held, uint64_t number, uint64_t at_ms);

/* How many lines no reader was given whole, those counted that had to be dropped. */
uint64_t held_ungiven(const struct held_lines *held);

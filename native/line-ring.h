/* Lines waiting for a slow reader: a bounded ring of bytes that counts what it had to drop. Pure: no call, memory is the caller's. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct line_ring {
	char *memory;
	size_t size;
	size_t head; /* next byte to write, < size */
	size_t used;
	uint64_t dropped; /* records refused since the last loss line */
};

void line_ring_init(struct line_ring *ring, char *memory, size_t size);

/*
 * Appends "type=TYPE msg=TEXT\n"; control bytes of TEXT are written \xNN, so that one record is one line. Where it does
 * not fit the whole record is dropped and counted. When room is back, a line "#loss overflow count=N at=AT_MS" stands
 * before the next record.
 */
void line_ring_add_record(struct line_ring *ring, unsigned int type, const char *text, size_t length, uint64_t at_ms);

/* Appends LENGTH bytes as they are (a line with its newline), or drops and counts them. 0, or -ENOSPC. */
int line_ring_add(struct line_ring *ring, const char *bytes, size_t length, uint64_t at_ms);

/* The loss line of what was dropped, if there is room and need. To be called before the ring is drained for the last time. */
void line_ring_settle(struct line_ring *ring, uint64_t at_ms);

/* The longest contiguous piece that is waiting; its length, 0 where nothing is. */
size_t line_ring_peek(const struct line_ring *ring, const char **ret_bytes);
/* The same of what comes after the first OFFSET bytes (at most ring->used). */
size_t line_ring_peek_at(const struct line_ring *ring, size_t offset, const char **ret_bytes);
void line_ring_consume(struct line_ring *ring, size_t length);

/* Which file each piece of code of CMD and its descendants comes from: perf_event_open(2) tells, without a tracer and without a call of theirs. */
#pragma once
#include <stdint.h>

#include "session-lines.h"

struct maps_ring;

struct session_maps {
	struct maps_ring *rings; /* one a CPU */
	int count;
};

/*
 * To be called before CMD is forked: what this process starts from then on is followed. 0 or -ERRNO (-EACCES: the kernel
 * does not let this user; see perf_event_paranoid).
 */
int maps_open(struct session_maps *ret_maps);

/*
 * Says what has come since, a line each, in order of one CPU alone (TIME is for sorting, nanoseconds since boot):
 * forked TIME PID PARENT; executed TIME PID; mapped TIME PID START LENGTH OFFSET BUILD-ID|- PATH (numbers and PATH in hex).
 */
void maps_say(struct session_maps *maps, struct session_lines *lines);
void maps_close(struct session_maps *maps);

/* The time between CMD's start and the end of what it started. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "session-lines.h"
#include "session-maps.h"

struct session_wait {
	struct session_lines *lines;
	struct session_maps maps; /* empty where the kernel does not tell */
	pid_t main_pid;
	uint32_t ses;       /* of the run */
	bool has_session;   /* false: no session of its own, so every descendant's pid is reported */
	bool main_only;     /* --wait main */
	int signals;        /* signalfd of wait_signals() */
	int status;         /* CMD's wait status, once it has ended */
	bool main_ended;
	bool told_to_end;   /* a signal asked to end while only descendants were left */
	struct held_signal {
		int number;
		uint64_t at_ms;
	} held[32]; /* came to us, oldest first; passed on unless the observer soon shows that CMD has it too */
	size_t held_count;
	struct settled_signal {
		unsigned int count; /* came to us, and CMD has them: the observer's word of as many is to be passed over */
		uint64_t at_ms;
	} settled[65];
};

/* Passes signals on, reaps, and reports, until CMD and (unless main_only) all its descendants have ended. */
void wait_for_end(struct session_wait *wait);

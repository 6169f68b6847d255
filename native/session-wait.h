/* The time between CMD's start and the end of what it started. */
#pragma once
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "session-lines.h"

struct session_wait {
	struct session_lines *lines;
	pid_t main_pid;
	uint32_t ses;       /* of the run */
	bool has_session;   /* false: no session of its own, so every descendant's pid is reported */
	bool main_only;     /* --wait main */
	int signals;        /* signalfd of wait_signals() */
	int status;         /* CMD's wait status, once it has ended */
	bool main_ended;
	bool told_to_end;   /* a signal asked to end while only descendants were left */
	uint64_t kernel_ms[65]; /* when the terminal last sent us each signal */
};

/* Blocks the signals that are passed on and SIGCHLD; the mask before in *ret_before, a signalfd in *ret_fd. 0 or -ERRNO. */
int wait_signals(sigset_t *ret_before, int *ret_fd);

/* Passes signals on, reaps, and reports, until CMD and (unless main_only) all its descendants have ended. */
void wait_for_end(struct session_wait *wait);

/* Signals on their way to CMD: each once, however many of us were sent it. */
#pragma once
#include <signal.h>

#include "session-wait.h"

/* Blocks the signals that are passed on and SIGCHLD; the mask before in *ret_before, a signalfd in *ret_fd. 0 or -ERRNO. */
int signals_block(sigset_t *ret_before, int *ret_fd);

/* LATEST_MS, or less where a signal that waits for the observer's word of it is to be passed on before. */
int signals_due_ms(const struct session_wait *wait, int latest_ms);

/*
 * Takes what came to us and what the observer says came to it, and gives CMD what it has not got itself. Once CMD has ended, one
 * that asks to end sets wait->told_to_end.
 */
void signals_take(struct session_wait *wait);

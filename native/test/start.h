/* A program started by sandboxify with a wide window between its filter and its execve: a long PATH without it. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct start {
	pid_t pid; /* leader of a process group of its own */
	int output;
};

/* sandboxify probe, under a list that makes it use a tracer. */
struct start start_probe(void);

/*
 * Waits for the end: its wait status; -1, and a note, where the program hung, failed, or did not say that it is filtered: what
 * it says, it says under its filter.
 */
int start_finish(struct start start, const char *what);

bool start_has_ended(pid_t pid);

/* The tracer of a start, or 0: a child of the target's child at first; then, the test being a subreaper, one of the test. */
pid_t start_find_tracer(pid_t target);

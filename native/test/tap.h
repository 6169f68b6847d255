/* The Test Anything Protocol on stdout: one line a test. */
#pragma once
#include <stdbool.h>

/* Prints "ok N - …" or "not ok N - …"; gives PASSED back. */
bool tap_ok(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One test that this machine cannot run, and why. */
void tap_skip(const char *what, const char *why);

/* A line for the reader, after '#'. */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* COUNT × PROFILER_SWEEP (1 where not set), at least 1; says so in a note. */
unsigned tap_sweep(const char *what, unsigned count);

/* Prints the plan; the exit code for main. */
int tap_done(void);

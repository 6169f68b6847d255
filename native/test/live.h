/* Starts programs under libsandbox.so and tells what became of them. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum live_stderr {
	LIVE_STDERR_TAKEN, /* a packet socket: one message a write(2) */
	LIVE_STDERR_CLOSED,
	LIVE_STDERR_BROKEN, /* a pipe whose reader is gone */
};

struct live_start {
	const char *argv[8];
	const char *environment[12]; /* whole: nothing is added */
	enum live_stderr stderr_as;
	uid_t uid;             /* 0: as the test itself */
	void (*prepare)(void); /* in the child, before execve */
};

struct live_end {
	pid_t pid;
	int status;      /* as waitpid(2) gives it */
	unsigned writes; /* to stderr */
	char out[16384];
	char err[131072];
};

/* Copies of what the tests start, in a directory that every user may read. False: could not be made. */
bool live_begin(void);
void live_finish(void);

/* A path in that directory, for as long as the test runs. */
const char *live_path(const char *name);

/* LD_PRELOAD=…/libsandbox.so */
const char *live_preload(void);

/* Never fails: what cannot be started ends with status 127. */
const struct live_end *live_run(const struct live_start *start);

bool live_exited(const struct live_end *end, int code);
bool live_killed(const struct live_end *end, int signal);

/* Notes what was found, for a test that failed. Gives PASSED back. */
bool live_explain(bool passed, const struct live_end *end);

/* Starts session-run as the observer does, and hears what it says. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SESSION_MARKER "7654321"

/* Our end of its pipes, and all it said. */
extern struct session {
	pid_t pid;
	int fd;
	int out; /* CMD's standard output */
	char said[16384];
	size_t used;
	size_t seen; /* behind the line that was waited for last */
} session;

struct session_begin {
	const char *before[9]; /* a command with arguments that starts it */
	const char *option[3]; /* of session-run, before --path */
	const char *script;    /* CMD: sh -c */
	void (*prepare)(void); /* in the child, before execve */
};

/* Its path, to be set first. */
extern char session_program[];

/* Starts it in a process group of its own, as a shell does. True once CMD runs. */
bool session_start(const struct session_begin *start);

/* One line (with its newline) as the observer's command. */
void session_say(const char *text);

/* CMD's status as session-run gives it on; -1: it did not come to its end. */
int session_end(void);

/* The two pipes between session-run and the observer: what happened, one line each way at a time. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum session_command { COMMAND_NONE, COMMAND_AGAIN, COMMAND_GO, COMMAND_QUIT, COMMAND_SIGNAL };

struct session_lines {
	int control_fd; /* we write */
	int command_fd; /* we read */
	bool observed;  /* false once the observer has closed its ends: nobody listens, CMD goes on */
	char pending[256];
	size_t used;
};

/* Makes both descriptors close on execve. 0 or -ERRNO (-EBADF: not open). */
int lines_open(int control_fd, int command_fd, struct session_lines *ret_lines);

/* Writes one line (the newline is added). A vanished observer is no error: lines->observed turns false. */
__attribute__((format(printf, 2, 3))) void lines_say(struct session_lines *lines, const char *format, ...);

/*
 * The next command, without blocking unless WAIT; *ret_signal for COMMAND_SIGNAL. An observer that is gone reads as
 * COMMAND_QUIT when waited for, else as COMMAND_NONE with lines->observed false.
 */
enum session_command lines_next(struct session_lines *lines, bool wait, int *ret_signal);

/* The audit session of this process: a write to loginuid makes the kernel give it a new number, which children inherit. */
#pragma once
#include <stdint.h>

#define SESSION_UNSET UINT32_MAX

/* Opens a session of our own: loginuid stays what it is, or becomes our uid where it was unset. 0 or -ERRNO. */
int session_open(uint32_t *ret_ses);

/* The session of a process (0: our own). 0 or -ERRNO. */
int session_of(int pid, uint32_t *ret_ses);

/*
 * The number that a session opened now would have, found by opening one in a child: whoever opened one since session_open()
 * has a number in between. 0 or -ERRNO.
 */
int session_next(uint32_t *ret_ses);

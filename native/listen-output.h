/* Standard output without ever blocking on a slow reader. */
#pragma once
#include <stdbool.h>

#include "line-ring.h"

struct listen_output {
	int fd;
	bool socket;
};

/*
 * Takes standard output. A pipe is opened anew, so that O_NONBLOCK does not reach others who share it; a socket is written
 * with MSG_DONTWAIT; files and terminals are written as they are.
 */
int output_open(struct listen_output *ret_output);

/* Writes what RING holds and the reader takes now. 0, or -ERRNO (-EPIPE: nobody reads any more). */
int output_write(const struct listen_output *output, struct line_ring *ring);

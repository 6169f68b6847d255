/* Passes one source's lines on to standard output until told to end. */
#pragma once
#include "line-ring.h"
#include "listen-output.h"
#include "listen-source.h"

struct listener {
	struct listen_source source;
	struct listen_output output;
	struct line_ring ring;
	int signals; /* of end_signals_open() */
};

/* 0 after a signal, once what was pending is written; or -ERRNO (-EPIPE: nobody reads any more). */
int listen_until_told(struct listener *self);

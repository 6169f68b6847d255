/* Holds the lines of both sources for readers that come, go, crash and come again: see serve() and reader-word.h. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "held-lines.h"
#include "listen-source.h"

/* One has said what it wants, or waits to. */
struct reader {
	int fd; /* -1: a free place */
	uint64_t order; /* of its coming */
	struct served *source; /* NULL until it has said which */
	char said[64]; /* a word that is not whole yet */
	size_t said_length;
};

struct served {
	const char *name;
	struct listen_source source;
	struct held_lines held;
	struct reader *reader; /* at most one: two would each get half */
	bool wanted; /* a reader has come since the start */
	size_t most; /* bytes of memory in use since it was last given back */
};

/* More places than there can be readers: who says nothing makes room for the next. */
#define READERS_MAX 8

struct server {
	int socket; /* listens */
	int signals; /* of end_signals_open() */
	uint64_t instance; /* names this life of the listener; its lines are numbered from 1 */
	struct served netlink;
	struct served kmsg;
	struct reader readers[READERS_MAX];
	uint64_t come;
};

/*
 * `#ready NAME instance=INSTANCE from=NUMBER`, then the lines from that one on, to each reader; or `#refused NAME: WHY`. Lines
 * stay until it has said `ack NUMBER`. A reader that says anything else is shown out. Ends on a signal, when readers have
 * taken what is held, or after a second; gives 0, or -ERRNO where a source fails.
 */
int serve(struct server *self);

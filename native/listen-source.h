/* Where audit-listen reads from: the audit multicast group, or /dev/kmsg. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "line-ring.h"

struct listen_source {
	int fd;
	bool kmsg;
	bool started; /* a line of /dev/kmsg was read */
	int rcvbuf;   /* bytes that the kernel granted */
};

/* Joins AUDIT_NLGRP_READLOG. 0 or -ERRNO. */
int listen_netlink(struct listen_source *ret_source);
/* Opens /dev/kmsg, at its end unless FROM_START. 0 or -ERRNO. */
int listen_kmsg(bool from_start, struct listen_source *ret_source);

/* Moves what is waiting into RING, without blocking. 1: more may wait; 0: drained; or -ERRNO. */
int listen_read(struct listen_source *source, struct line_ring *ring);

uint64_t now_ms(void);

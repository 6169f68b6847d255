/* The kernel's own seccomp records, as they are made: the witness of what a filter did. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct audit_record {
	uint32_t arch;
	uint32_t nr;
	int signal;
};

/* Joins the audit multicast group (CAP_AUDIT_READ in the first user namespace). A socket, or -ERRNO. */
int audit_tap_open(void);

/*
 * The records of process PID so far, oldest first: how many, at most COUNT of them stored. Records are made before the process
 * ends but arrive a little later: waits until WANTED of them have come, or half a second has passed without one.
 */
unsigned audit_tap_read(int fd, pid_t pid, unsigned wanted, struct audit_record *records, unsigned count);

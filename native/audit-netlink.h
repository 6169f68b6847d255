/* The kernel's audit netlink socket: its status, its rules, and its records. */
#pragma once
#include <linux/audit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A socket on NETLINK_AUDIT that has joined GROUPS (0: none). 0 and *ret_fd, or -ERRNO. */
int audit_open(uint32_t groups, int *ret_fd);

/* AUDIT_GET (needs CAP_AUDIT_CONTROL, initial user and pid namespaces). Fields that an older kernel lacks are 0. */
int audit_get_status(struct audit_status *ret_status);

/* A request without a body, and the next message that the kernel itself sent (NLMSG_ERROR included). 0 or -ERRNO. */
struct audit_reply {
	_Alignas(8) char bytes[16384];
	uint16_t type;
	size_t length; /* of the payload */
};
int audit_request(int fd, uint16_t type);
int audit_receive(int fd, struct audit_reply *ret_reply);
const void *audit_payload(const struct audit_reply *reply);
/* What an NLMSG_ERROR says: 0 or -ERRNO. */
int audit_error(const struct audit_reply *reply);

/*
 * The exclude-list rules that can match a SECCOMP record, as auditctl writes them, one a line, into TEXT (SIZE bytes,
 * NUL-terminated). 0 or -ERRNO; -ENOSPC where they do not fit.
 */
int audit_list_excludes(char *text, size_t size);

/* One line of JSON without a newline. The number of bytes, as snprintf. */
int audit_status_json(const struct audit_status *status, char *text, size_t size);

/* EPERM, … as a word; `ERRNO_n` for one without a name. */
const char *errno_name(int error);

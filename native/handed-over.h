/* What the service manager opened for this process (sd_listen_fds(3)): audit-listen then needs no capability of its own. */
#pragma once

struct handed_over {
	int socket;  /* readers connect to it */
	int netlink; /* has joined the audit multicast group */
	int kmsg;    /* /dev/kmsg, open for reading */
};

/* Each is -1 where it was not handed over. 0, or -EBADF where a descriptor is none of these. */
int take_handed_over(struct handed_over *ret_handed);

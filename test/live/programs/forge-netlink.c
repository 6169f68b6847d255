/* forge-netlink PORT: sends a record of a system call that nobody made, to that netlink port and to the whole audit group. */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char text[] = "audit(1.000:1): auid=0 uid=0 gid=0 ses=1 pid=1 comm=\"forged\" exe=\"/forged\" sig=0 "
				   "arch=c000003e syscall=59 compat=0 ip=0x1 code=0x7ffc0000";
	struct {
		struct nlmsghdr header;
		char text[sizeof(text)];
	} message = { .header = { .nlmsg_len = sizeof(message), .nlmsg_type = 1326 } };
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = (unsigned int)(argc > 1 ? atoi(argv[1]) : 0), .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);

	memcpy(message.text, text, sizeof(text));
	if (fd < 0 || sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror("forge");
		return 1;
	}
	puts("sent");
	return 0;
}

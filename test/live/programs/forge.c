/*
 * forge audit TEXT: sends TEXT as the message of an AUDIT_USER_AVC record, which CAP_AUDIT_WRITE permits.
 * forge syslog SOCKET TEXT: sends TEXT to what stands for /dev/log, which every user may.
 */
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int to_audit(const char *text)
{
	static struct {
		struct nlmsghdr header;
		char text[4096];
	} message;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
	size_t length = strnlen(text, sizeof(message.text) - 1) + 1;

	memcpy(message.text, text, length - 1);
	message.header.nlmsg_len = (unsigned int)NLMSG_LENGTH(length);
	message.header.nlmsg_type = AUDIT_USER_AVC;
	message.header.nlmsg_flags = NLM_F_REQUEST;
	return sendto(fd, &message, message.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0;
}

static int to_syslog(const char *path, const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	return sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, sizeof(address)) < 0;
}

int main(int argc, char **argv)
{
	int failed = 1;

	if (argc == 3 && strcmp(argv[1], "audit") == 0)
		failed = to_audit(argv[2]);
	else if (argc == 4 && strcmp(argv[1], "syslog") == 0)
		failed = to_syslog(argv[2], argv[3]);
	if (failed)
		perror("forge");
	return failed;
}

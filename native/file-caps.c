/*
 * file-caps FILE: has this file capabilities? 0 yes, 1 no, 125 cannot tell. Node.js cannot read extended attributes, and
 * whether a program has them decides whether its loader honours LD_PRELOAD.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: file-caps FILE\n", stderr);
		return 125;
	}
	/* The size alone: what it holds matters to the kernel only (security/commoncap.c get_vfs_caps_from_disk). */
	if (getxattr(argv[1], "security.capability", NULL, 0) >= 0)
		return 0;
	if (errno == ENODATA || errno == EOPNOTSUPP)
		return 1;
	fprintf(stderr, "file-caps: %s\n", strerror(errno));
	return 125;
}

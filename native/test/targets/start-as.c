/*
 * start-as HOW PROGRAM ARG…: executes PROGRAM in a state that a launcher may meet:
 *   subreaper   PR_SET_CHILD_SUBREAPER
 *   pidns       its children would go to a new pid namespace
 *   filtered    under a foreign filter that answers ptrace with EPERM
 *   stacked     the same, and a second that allows all
 *   raw         under the filter that standard input holds as struct sock_filter[]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const struct sock_filter *code, unsigned short length)
{
	const struct sock_fprog program = { .len = length, .filter = (struct sock_filter *)code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static int become(const char *how)
{
	static const struct sock_filter no_ptrace[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static struct sock_filter code[BPF_MAXINSNS];
	static const struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };

	if (strcmp(how, "subreaper") == 0)
		return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (strcmp(how, "pidns") == 0)
		return unshare(CLONE_NEWPID);
	if (strcmp(how, "filtered") == 0)
		return load(no_ptrace, 4);
	if (strcmp(how, "stacked") == 0)
		return load(no_ptrace, 4) < 0 ? -1 : load(all, 1);
	if (strcmp(how, "raw") == 0)
		return load(code, (unsigned short)(fread(code, sizeof(code[0]), BPF_MAXINSNS, stdin)));
	errno = EINVAL;
	return -1;
}

int main(int argc, char **argv)
{
	if (argc < 3 || become(argv[1]) < 0) {
		perror("start-as");
		return 99;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 98;
}

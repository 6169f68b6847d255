/* Loads a filter that is not ours, into all of its threads or into one, and waits: foreign-filter all|one */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *wait_bare(void *unused)
{
	prctl(PR_SET_NAME, "bare-thread");
	pause();
	return unused;
}

int main(int argc, char *argv[])
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_reboot, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(*code), .filter = code };
	pthread_t thread;

	if (argc < 2 || (strcmp(argv[1], "one") == 0 && pthread_create(&thread, NULL, wait_bare, NULL)))
		return 1;
	usleep(50000);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return 1;
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

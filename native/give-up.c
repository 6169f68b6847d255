#define _GNU_SOURCE
#include "give-up.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

#define SECUREBITS_LOCKED                                                                                                        \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | \
	 SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/* Where there are none, capset is not needed, and a service's filter can do without it. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct has[2] = { { 0 } };
	struct __user_cap_data_struct none[2] = { { 0 } };

	if (syscall(SYS_capget, &header, has) == 0 && memcmp(has, none, sizeof(none)) == 0)
		return 0;
	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

static int become_nobody(void)
{
	if (geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return errno == EPERM || errno == EINVAL ? 0 : -errno; /* no CAP_SETUID here: the capabilities go all the same */
	return 0;
}

int give_up_privileges(void)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* Both need CAP_SETPCAP; without it the bounding set gives nothing back either, because of no_new_privs. */
	(void)prctl(PR_SET_SECUREBITS, SECUREBITS_LOCKED);
	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap) == 0; cap++)
		;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	r = become_nobody();
	if (!r)
		r = drop_capabilities();
	if (!r && prctl(PR_SET_DUMPABLE, 0) < 0)
		r = -errno;
	return r;
}

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "say this architecture's AUDIT_ARCH_*"
#endif

#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

#ifdef SYS_poll
#define ALLOW_POLL ALLOW(poll)
#else
#define ALLOW_POLL ALLOW(ppoll)
#endif

/* Reading, polling, writing. */
#define ALLOW_LOOP ALLOW(recvmmsg), ALLOW(read), ALLOW(write), ALLOW(sendto), ALLOW_POLL, ALLOW(ppoll), ALLOW(clock_gettime)
/* Readers come, speak and go; /dev/kmsg is read from its beginning, and memory given back. */
#define ALLOW_SERVING ALLOW(accept4), ALLOW(recvfrom), ALLOW(close), ALLOW(lseek), ALLOW(madvise)
#define ALLOW_ENDING ALLOW(restart_syscall), ALLOW(rt_sigreturn), ALLOW(exit), ALLOW(exit_group)

#define FILTER(...)                                                                          \
	{                                                                                    \
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),     \
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),                      \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),                         \
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),       \
		__VA_ARGS__, BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),            \
	}

int give_up_calls(bool serving)
{
	struct sock_filter loop[] = FILTER(ALLOW_LOOP, ALLOW_ENDING);
	struct sock_filter server[] = FILTER(ALLOW_LOOP, ALLOW_SERVING, ALLOW_ENDING);
	struct sock_fprog program = { .len = sizeof(loop) / sizeof(loop[0]), .filter = loop };

	if (serving)
		program = (struct sock_fprog){ .len = sizeof(server) / sizeof(server[0]), .filter = server };
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0 ? -errno : 0;
}

/* Threads: those that a constructor started before the filter, and those that come after it. */
#include <asm/unistd.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "live.h"
#include "tap.h"

/* Constructors of libraries preloaded later run earlier: early.so starts its thread before the filter is loaded. */
static const struct live_end *run_early(const char *command, const char *policy, const char *action, const char *filter,
					void (*prepare)(void))
{
	static char preload[8192];
	const struct live_start start = { .argv = { live_path("subject"), command },
					  .environment = { preload, "EARLY=1", "SECCOMP_QUIET=1", policy, action, filter },
					  .prepare = prepare };

	snprintf(preload, sizeof(preload), "%s:%s", live_preload(), live_path("early.so"));
	return live_run(&start);
}

static void test_early(void)
{
	const struct live_end *end = run_early("status", "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", NULL, NULL);

	tap_ok(live_explain(strncmp(end->out, "early 0\n", 8) == 0, end), "a thread starts before the filter, unfiltered");
	tap_ok(live_explain(strcmp(end->out, "early 0\n0 2 1\n0 2 1\n") == 0, end), "it is filtered like the main thread afterwards");
	end = run_early("status", "SECCOMP_SYSCALL_DENY=getppid", "SECCOMP_DEFAULT_ACTION=kill", NULL, NULL);
	tap_ok(live_explain(strcmp(end->out, "early 0\n1 2 1\n1 2 1\n") == 0, end), "and so it is when enforcing, with no_new_privs");
	end = run_early("sleep", "SECCOMP_SYSCALL_DENY=getppid", "SECCOMP_DEFAULT_ACTION=kill", NULL, NULL);
	tap_ok(live_explain(live_killed(end, SIGSYS), end), "its denied call kills the whole process");
}

/* A kernel before 5.7, which does not know SECCOMP_FILTER_FLAG_TSYNC_ESRCH. The flag is in the lower half of the argument. */
static void be_old_kernel(void)
{
	const uint32_t flags = (uint32_t)offsetof(struct seccomp_data, args[1]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_seccomp, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SECCOMP_FILTER_FLAG_TSYNC_ESRCH, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(126);
}

static void test_foreign_filter(void)
{
	static const char refusal[] = "seccomp: the filter cannot be loaded: ESRCH, another thread of this process has a filter of its own\n";
	static void (*const kernels[])(void) = { NULL, be_old_kernel };

	for (int i = 0; i < 2; i++) {
		const struct live_end *end =
			run_early("hello", "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", "EARLY_FILTER=1", kernels[i]);

		tap_ok(live_explain(live_exited(end, 1) && strstr(end->out, "hello") == NULL && strcmp(end->err, refusal) == 0, end),
		       "a thread with a filter of its own: refused before main%s", i == 0 ? "" : ", on a kernel before 5.7 too");
	}
}

static void test_old_kernel(void)
{
	const struct live_end *end =
		run_early("status", "SECCOMP_SYSCALL_DENY=", "SECCOMP_DEFAULT_ACTION=kill", NULL, be_old_kernel);

	tap_ok(live_explain(strcmp(end->out, "early 2\n1 2 2\n1 2 2\n") == 0, end), "a kernel before 5.7: both threads are filtered");
}

static void test_late(void)
{
	struct live_start start = { .argv = { live_path("subject"), "thread" },
				    .environment = { live_preload(), "SECCOMP_QUIET=1", "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log" } };
	static const char *const programs[] = { "subject", "subject-musl", "subject-needed" };

	for (int i = 0; i < 3; i++) {
		const struct live_end *end;

		start.argv[0] = live_path(programs[i]);
		end = live_run(&start);
		tap_ok(live_explain(live_exited(end, 0) && strcmp(end->out, "0 2 1\n") == 0, end), "%s: a thread that comes later is filtered",
		       programs[i]);
	}
}

int main(void)
{
	if (!live_begin())
		return 1;
	test_early();
	test_foreign_filter();
	test_old_kernel();
	test_late();
	live_finish();
	return tap_done();
}

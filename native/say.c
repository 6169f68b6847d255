#include "say.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/signal.h>
#include <linux/time_types.h>
#include <stdbool.h>
#include <stddef.h>

#include "rawcall.h"

#define STDERR 2
#define SIGNAL_SET_SIZE sizeof(uint64_t) /* what the kernel takes; the libc's sigset_t is larger */

static long write_all(const struct report *report);

void say(const struct report *report)
{
	const uint64_t sigpipe = UINT64_C(1) << (SIGPIPE - 1);
	const struct __kernel_timespec at_once = { 0 };
	uint64_t mask_before = 0, pending_before = 0;

	if (report->length == 0)
		return;
	if (RAWCALL(__NR_rt_sigprocmask, SIG_BLOCK, (long)&sigpipe, (long)&mask_before, SIGNAL_SET_SIZE) < 0)
		return;
	RAWCALL(__NR_rt_sigpending, (long)&pending_before, SIGNAL_SET_SIZE, 0, 0);
	if (write_all(report) == -EPIPE && !(pending_before & sigpipe))
		RAWCALL(__NR_rt_sigtimedwait, (long)&sigpipe, (long)NULL, (long)&at_once, SIGNAL_SET_SIZE);
	RAWCALL(__NR_rt_sigprocmask, SIG_SETMASK, (long)&mask_before, (long)NULL, SIGNAL_SET_SIZE);
}

/* One write where the kernel takes it whole; what it cannot take (closed, full and non-blocking) is dropped. */
static long write_all(const struct report *report)
{
	uint32_t done = 0;

	while (done < report->length) {
		long result = RAWCALL(__NR_write, STDERR, (long)(report->text + done), (long)(report->length - done), 0);

		if (result == -EINTR)
			continue;
		if (result <= 0)
			return result;
		done += (uint32_t)result;
	}
	return 0;
}

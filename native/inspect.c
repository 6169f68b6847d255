#include "inspect.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi-names.h"
#include "filter.h"
#include "listing.h"
#include "summary.h"

#define STOP_WITHIN_SECONDS 3 /* a process in vfork, or waiting for a dead disk, does not stop */

static struct sock_filter code[FILTER_LENGTH_MAX];

static int print(FILE *to, pid_t pid, bool json, const char **ret_step);
static int read_mode(pid_t pid, long *ret_mode);
static int stop(pid_t pid, int *ret_signal);
static int print_filters(FILE *to, pid_t pid, bool json);
static void print_filter(FILE *to, uint32_t index, uint32_t length, bool json);
static void be_woken(int signal);

int inspect_print(pid_t pid, bool json, const char **ret_step)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size); /* half an answer is none */
	int error;

	*ret_step = "--pid";
	if (!to)
		return -errno;
	error = print(to, pid, json, ret_step);
	if (fclose(to) != 0 && error == 0)
		error = -errno;
	if (error == 0) {
		*ret_step = "stdout";
		error = fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0 ? 0 : -errno;
	}
	free(text);
	return error;
}

static int print(FILE *to, pid_t pid, bool json, const char **ret_step)
{
	long mode = 0;
	int signal = 0, error = read_mode(pid, &mode);

	*ret_step = "--pid: reading its status";
	if (error < 0)
		return error;
	if (json)
		fprintf(to, "{\"pid\":%d,\"mode\":%ld,\"filters\":[", (int)pid, mode);
	else if (mode != SECCOMP_MODE_FILTER)
		fprintf(to, "%d: %s\n", (int)pid, mode ? "strict mode" : "no filter");
	if (mode == SECCOMP_MODE_FILTER) {
		*ret_step = "--pid: stopping it (PTRACE_SEIZE)";
		error = stop(pid, &signal);
		if (error < 0)
			return error;
		*ret_step = "--pid: PTRACE_SECCOMP_GET_FILTER";
		error = print_filters(to, pid, json);
		ptrace(PTRACE_DETACH, pid, 0L, (long)signal);
	}
	if (json)
		fputs("]}\n", to);
	return error;
}

static int read_mode(pid_t pid, long *ret_mode)
{
	char path[64], line[256];
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	status = fopen(path, "re");
	if (!status)
		return errno == ENOENT ? -ESRCH : -errno;
	while (fgets(line, sizeof(line), status)) {
		if (strncmp(line, "Seccomp:", 8) == 0)
			*ret_mode = strtol(line + 8, NULL, 10);
	}
	fclose(status);
	return 0;
}

/* *ret_signal: what was about to be delivered, and must be when the process goes on. */
static int stop(pid_t pid, int *ret_signal)
{
	const struct sigaction wake = { .sa_handler = be_woken };
	int status, error;

	sigaction(SIGALRM, &wake, NULL);
	if (ptrace(PTRACE_SEIZE, pid, 0L, 0L) < 0 || ptrace(PTRACE_INTERRUPT, pid, 0L, 0L) < 0)
		return -errno;
	alarm(STOP_WITHIN_SECONDS);
	error = waitpid(pid, &status, __WALL) < 0 ? -errno : 0;
	alarm(0);
	if (error < 0)
		return error == -EINTR ? -ETIMEDOUT : error;
	if (!WIFSTOPPED(status))
		return -ESRCH;
	*ret_signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
	return 0;
}

/* In the order in which they were loaded: the kernel counts from the oldest. */
static int print_filters(FILE *to, pid_t pid, bool json)
{
	for (uint32_t index = 0;; index++) {
		long length = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (long)index, 0L);

		if (length < 0)
			return errno == ENOENT ? 0 : -errno;
		if (length > FILTER_LENGTH_MAX)
			return -E2BIG;
		if (ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (long)index, code) != length)
			return -EIO;
		print_filter(to, index, (uint32_t)length, json);
	}
}

static void print_filter(FILE *to, uint32_t index, uint32_t length, bool json)
{
	struct summary summary = summary_make(code, length);

	if (json) {
		fprintf(to,
			"%s{\"instructions\":%u,\"ours\":%s,\"defaultAction\":\"%s\",\"unlisted\":\"%s\"}", index ? "," : "", length,
			summary.ours ? "true" : "false", summary.default_action, summary.unlisted);
		return;
	}
	fprintf(to, "filter %u, read for %s\n", index, abi_arch_name(abi_arch_token));
	listing_print(to, code, length);
	summary_print(to, &summary, code);
}

/* Only interrupts waitpid. */
static void be_woken(int signal)
{
	(void)signal;
}

#define _GNU_SOURCE
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* What the tests start, beside their own program: build/test/NAME-test → build/NAME. */
static const char *const copies[] = {
	"libsandbox.so", "test/subject", "test/subject-musl", "test/subject-needed", "test/subject-bare", "test/early.so",
	"test/subject-environ", "test/subject-musl-environ",
};
#define COPY_COUNT (sizeof(copies) / sizeof(copies[0]))

static char directory[] = "/tmp/libsandbox-test-XXXXXX";

static void child(const struct live_start *start, int out, int err) __attribute__((noreturn));

static bool copy_file(const char *from, const char *to)
{
	char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t size = -1;

	while (in >= 0 && out >= 0 && (size = read(in, buffer, sizeof(buffer))) > 0) {
		if (write(out, buffer, (size_t)size) != size) {
			size = -1;
			break;
		}
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return size == 0;
}

bool live_begin(void)
{
	char self[PATH_MAX], from[PATH_MAX + 64];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0 || !mkdtemp(directory) || chmod(directory, 0755) != 0)
		return false;
	self[length] = '\0';
	for (int i = 0; i < 2; i++)
		*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < COPY_COUNT; i++) {
		const char *slash = strrchr(copies[i], '/');

		snprintf(from, sizeof(from), "%s/%s", self, copies[i]);
		if (!copy_file(from, live_path(slash ? slash + 1 : copies[i]))) {
			tap_note("%s cannot be copied: %s", from, strerror(errno));
			return false;
		}
	}
	signal(SIGPIPE, SIG_DFL);
	return true;
}

void live_finish(void)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	if (system(command) != 0)
		tap_note("%s is left behind", directory);
}

const char *live_path(const char *name)
{
	static char paths[16][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 16];

	snprintf(path, PATH_MAX, "%s/%s", directory, name);
	return path;
}

const char *live_preload(void)
{
	static char entry[PATH_MAX + 16];

	snprintf(entry, sizeof(entry), "LD_PRELOAD=%s", live_path("libsandbox.so"));
	return entry;
}

/* The next message of a packet socket; 0 at its end. */
static size_t take(int fd, char *text, size_t used, size_t size)
{
	ssize_t got = recv(fd, text + used, size - used - 1, 0);

	return got > 0 ? (size_t)got : 0;
}

const struct live_end *live_run(const struct live_start *start)
{
	static struct live_end end;
	struct pollfd ends[2] = { { .events = POLLIN }, { .events = POLLIN } };
	size_t used[2] = { 0, 0 };
	int out[2], err[2], open_ends = 2;

	memset(&end, 0, sizeof(end));
	end.status = 127 << 8;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, err) < 0)
		return &end;
	end.pid = fork();
	if (end.pid == 0)
		child(start, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	ends[0].fd = out[0];
	ends[1].fd = err[0];
	while (open_ends > 0 && poll(ends, 2, 10000) > 0) {
		for (int i = 0; i < 2; i++) {
			size_t got;

			if (!ends[i].revents)
				continue;
			got = i == 0 ? take(out[0], end.out, used[0], sizeof(end.out)) : take(err[0], end.err, used[1], sizeof(end.err));
			used[i] += got;
			end.writes += i == 1 && got > 0;
			if (got == 0) {
				ends[i].fd = -1;
				open_ends--;
			}
		}
	}
	close(out[0]);
	close(err[0]);
	if (open_ends > 0)
		kill(end.pid, SIGKILL);
	waitpid(end.pid, &end.status, 0);
	return &end;
}

static void child(const struct live_start *start, int out, int err)
{
	int broken[2];

	dup2(out, STDOUT_FILENO);
	if (start->stderr_as == LIVE_STDERR_TAKEN)
		dup2(err, STDERR_FILENO);
	else
		close(STDERR_FILENO);
	if (start->stderr_as == LIVE_STDERR_BROKEN) {
		if (pipe(broken) != 0)
			_exit(127);
		close(broken[0]);
		dup2(broken[1], STDERR_FILENO);
		if (broken[1] != STDERR_FILENO)
			close(broken[1]);
	}
	if (start->prepare)
		start->prepare();
	if (start->uid && (setgroups(0, NULL) != 0 || setresgid(start->uid, start->uid, start->uid) != 0 ||
			   setresuid(start->uid, start->uid, start->uid) != 0))
		_exit(127);
	execve(start->argv[0], (char **)(uintptr_t)start->argv, (char **)(uintptr_t)start->environment);
	_exit(127);
}

bool live_exited(const struct live_end *end, int code)
{
	return WIFEXITED(end->status) && WEXITSTATUS(end->status) == code;
}

bool live_killed(const struct live_end *end, int signal)
{
	return WIFSIGNALED(end->status) && WTERMSIG(end->status) == signal;
}

bool live_explain(bool passed, const struct live_end *end)
{
	if (!passed)
		tap_note("status %#x, stdout '%s', stderr '%.2000s'", (unsigned)end->status, end->out, end->err);
	return passed;
}

/* audit-listen --serve with readers of every kind; a socket that keeps message boundaries stands for /dev/kmsg. */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end-signals.h"
#include "tap.h"

#define INSTANCE 0x0123456789abcdefULL
#define PATIENCE_MS 20000

static struct sockaddr_un address;
static int kernel[2]; /* what is written to these is a line of netlink, of kmsg */
static pid_t listener;

static void prepare(struct served *served, const char *name, int fd, size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	served->name = name;
	served->source = (struct listen_source){ .fd = fd, .kmsg = true };
	held_init(&served->held, memory, size);
}

static void run_listener(int socket, const int sources[2], size_t size)
{
	static struct server self = { .instance = INSTANCE };

	self.socket = socket;
	for (int i = 0; i < READERS_MAX; i++)
		self.readers[i].fd = -1;
	prepare(&self.netlink, "netlink", sources[0], size);
	prepare(&self.kmsg, "kmsg", sources[1], size);
	if (end_signals_open(&self.signals))
		_exit(2);
	_exit(serve(&self) == 0 ? 0 : 3);
}

/* A listener with SIZE bytes for each source. */
static void start(size_t size)
{
	int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int sources[2];

	for (int i = 0; i < 2; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
			abort();
		kernel[i] = pair[0];
		sources[i] = pair[1];
	}
	unlink(address.sun_path);
	if (bind(socket_fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(socket_fd, 16) < 0)
		abort();
	listener = fork();
	if (listener == 0)
		run_listener(socket_fd, sources, size);
	close(socket_fd);
	close(sources[0]);
	close(sources[1]);
}

/* Ends it as systemd does; its exit code. */
static int stop(void)
{
	int status;

	kill(listener, SIGTERM);
	waitpid(listener, &status, 0);
	close(kernel[0]);
	close(kernel[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The kernel says a line; waits where the listener has not read the last ones. */
static void happen(int source, const char *line)
{
	struct pollfd room = { .fd = kernel[source], .events = POLLOUT };

	while (send(kernel[source], line, strlen(line), MSG_NOSIGNAL) < 0)
		if (errno != EAGAIN || poll(&room, 1, PATIENCE_MS) <= 0)
			abort();
}

static int come(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		abort();
	return fd;
}

static void say(int fd, const char *words)
{
	(void)send(fd, words, strlen(words), MSG_NOSIGNAL);
}

/* Reads until TEXT is there or the listener hangs up; what came, or NULL. */
static const char *hear(int fd, const char *text)
{
	static char got[65536];
	size_t used = 0;
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	got[0] = '\0';
	while (!strstr(got, text) && poll(&ready, 1, PATIENCE_MS) > 0) {
		ssize_t n = recv(fd, got + used, sizeof(got) - 1 - used, 0);

		if (n <= 0)
			break;
		used += (size_t)n;
		got[used] = '\0';
	}
	if (strstr(got, text))
		return got;
	tap_note("got %s", got);
	return NULL;
}

static bool hears(int fd, const char *text)
{
	const char *got = hear(fd, text);
	bool same = got && strcmp(got, text) == 0;

	if (got && !same)
		tap_note("got %s", got);
	return same;
}

/* Whether the listener has hung up; what it says before is let go. */
static bool is_out(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char byte;

	while (poll(&ready, 1, PATIENCE_MS) > 0)
		if (recv(fd, &byte, 1, 0) <= 0)
			return true;
	return false;
}

static void test_hand_over(void)
{
	int reader, other;

	start(1 << 20);
	happen(0, "one");
	happen(1, "6,1,1,-;boot");
	reader = come();
	say(reader, "netlink\n");
	tap_ok(hears(reader, "#ready netlink instance=0123456789abcdef from=1\none\n"), "what came before the first reader is held for it");
	other = come();
	say(other, "netlink after=0123456789abcdef:1\n");
	tap_ok(hears(other, "#refused netlink: it has another reader\n") && is_out(other), "a second reader is refused");
	close(other);
	other = come();
	say(other, "kmsg\n");
	tap_ok(hears(other, "#ready kmsg instance=0123456789abcdef from=1\n6,1,1,-;boot\n"), "the other source has a reader of its own");
	happen(0, "two");
	happen(0, "three");
	tap_ok(hears(reader, "two\nthree\n"), "lines go on to the first");
	say(reader, "ack 1\n");
	say(reader, "ack 2\n");
	close(reader);
	happen(0, "four");
	reader = come();
	say(reader, "netlink after=0123456789abcdef:2\n");
	tap_ok(hears(reader, "#ready netlink instance=0123456789abcdef from=3\nthree\nfour\n"), "who comes after it goes on where it was");
	close(reader);
	reader = come();
	say(reader, "netlink after=0000000000000001:2\n");
	tap_ok(hears(reader, "#ready netlink instance=0123456789abcdef from=3\nthree\nfour\n"), "another life's number is none: all that is held comes");
	happen(0, "last");
	tap_ok(stop() == 0 && hears(reader, "last\n"), "told to end, it hands over what it has");
	close(reader);
	close(other);
}

static void test_strangers(void)
{
	static const char *const bad[] = { "GET / HTTP/1.1\n", "netlink\nnetlink\n", "ack 1\n", "kmsg\nack 1\n", "\n", "netlink after=x\n" };
	char long_word[1024];
	int reader, crowd[20];

	start(1 << 20);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		reader = come();
		say(reader, bad[i]);
		tap_ok(is_out(reader), "who says %.14s is shown out", bad[i]);
		close(reader);
	}
	memset(long_word, 'n', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	reader = come();
	say(reader, long_word);
	tap_ok(is_out(reader), "who says too much is shown out");
	close(reader);
	for (int i = 0; i < 20; i++)
		crowd[i] = come();
	reader = come();
	say(reader, "netl");
	say(reader, "ink\n");
	tap_ok(hears(reader, "#ready netlink instance=0123456789abcdef from=1\n"), "many who say nothing keep nobody out; words may come in pieces");
	happen(0, "one");
	tap_ok(hears(reader, "one\n"), "and lines come");
	for (int i = 0; i < 20; i++)
		close(crowd[i]);
	close(reader);
	tap_ok(stop() == 0, "it ends when told");
}

/* Who never reads costs no more than the ring, and what does not fit is counted to the line. */
static void test_slow(void)
{
	const unsigned made = 20000;
	unsigned got = 0, lost = 0;
	uint64_t number = 0;
	char line[64], rest[131072];
	size_t used = 0;
	int reader;

	start(64 << 10);
	reader = come();
	say(reader, "netlink\n");
	tap_ok(hear(reader, "from=1\n") != NULL, "a slow reader begins");
	for (unsigned i = 0; i < made; i++) {
		snprintf(line, sizeof(line), "%06u %.*s", i, 40, "........................................");
		happen(0, line);
	}
	while (got + lost < made) {
		ssize_t n = recv(reader, rest + used, sizeof(rest) - used, 0);
		char *at = rest, *end;

		if (n <= 0)
			break;
		used += (size_t)n;
		for (; (end = memchr(at, '\n', used - (size_t)(at - rest))); at = end + 1, number++) {
			unsigned count;

			*end = '\0';
			if (sscanf(at, "#loss overflow count=%u", &count) == 1)
				lost += count;
			else if (strtoul(at, NULL, 10) == got + lost)
				got++;
		}
		used -= (size_t)(at - rest);
		memmove(rest, at, used);
		snprintf(line, sizeof(line), "ack %llu\n", (unsigned long long)number);
		say(reader, line);
	}
	tap_ok(got + lost == made && lost > 0, "what a slow reader gets and what is told as lost is what was said (%u + %u)", got, lost);
	close(reader);
	tap_ok(stop() == 0, "it ends when told");
}

int main(void)
{
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/serve-test-%d", getpid());
	test_hand_over();
	test_strangers();
	test_slow();
	unlink(address.sun_path);
	return tap_done();
}

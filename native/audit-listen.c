/* The kernel's audit records as lines on standard output: see HELP. Alone in this program it prints and ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "audit-netlink.h"
#include "give-up.h"
#include "line-ring.h"
#include "listen-output.h"
#include "listen-source.h"

#define RING_SIZE ((size_t)256 << 20)
#define FLUSH_AT ((size_t)64 << 10)
#define EXIT_CANNOT 3

static const char HELP[] =
	"usage: audit-listen [--kmsg [--from-start]]\n"
	"       audit-listen --status\n"
	"Writes every record of the kernel's audit multicast group to standard output, one a line:\n"
	"    type=1326 msg=audit(1795312798.508:2584233): auid=… (control bytes are written \\xNN)\n"
	"Lines that begin with # are its own words: #ready, then #loss where records were lost.\n"
	"  --kmsg        read /dev/kmsg instead, from its end: raw lines, each with its sequence number\n"
	"  --from-start  with --kmsg: from the oldest line there is\n"
	"  --status      print the kernel's audit status and the exclude rules that hide system calls, as one line of JSON\n"
	"  --help        this text\n"
	"Needs CAP_AUDIT_READ (--kmsg: CAP_SYSLOG or a readable /dev/kmsg; --status: CAP_AUDIT_CONTROL) and gives up every\n"
	"privilege once it is ready. Ends when standard output closes, or on SIGTERM or SIGINT after what is pending.\n"
	"Exit: 0 ended, 2 usage, 3 cannot (the cause is on standard error).\n";

static int cannot(const char *what, int error, const char *fix)
{
	fprintf(stderr, "audit-listen: %s: %s%s%s\n", what, strerror(-error), fix ? ": " : "", fix ? fix : "");
	return EXIT_CANNOT;
}

static const char *fix_for_netlink(int error, const char *capability)
{
	static char text[256];

	switch (error) {
	case -EPERM:
		snprintf(text, sizeof(text),
			 "needs %s in the initial user namespace: run as root (in a container: --cap-add=%s and the host's pid namespace)",
			 capability, capability + strlen("CAP_"));
		return text;
	case -ECONNREFUSED:
		return "this is not the initial user namespace: the kernel's audit log is only there";
	case -EPROTONOSUPPORT:
		return "this kernel has no audit: it was booted with audit=0 (take that off its command line) or built without CONFIG_AUDIT";
	default:
		return NULL;
	}
}

static int print_status(void)
{
	struct audit_status status;
	char json[512];
	char rules[8192];
	int r = audit_get_status(&status);

	if (r)
		return cannot("cannot ask for the audit status", r, fix_for_netlink(r, "CAP_AUDIT_CONTROL"));
	r = audit_list_excludes(rules, sizeof(rules));
	if (r && r != -ENOSPC)
		return cannot("cannot list the audit rules", r, fix_for_netlink(r, "CAP_AUDIT_CONTROL"));
	(void)audit_status_json(&status, json, sizeof(json));
	json[strlen(json) - 1] = '\0'; /* the closing brace: the rules come before it */
	printf("%s,\"exclude\":[", json);
	for (char *rule = strtok(rules, "\n"), *before = ""; rule; rule = strtok(NULL, "\n"), before = ",")
		printf("%s\"%s\"", before, rule);
	printf("]}\n");
	return fflush(stdout) == 0 ? 0 : EXIT_CANNOT;
}

struct listener {
	struct listen_source source;
	struct listen_output output;
	struct line_ring ring;
	int signals;
};

/* 1: a signal asks to end; 0: go on; or -ERRNO (-EPIPE: nobody reads any more). */
static int wait_for_work(struct listener *self)
{
	struct pollfd fds[] = {
		{ .fd = self->source.fd, .events = POLLIN },
		{ .fd = self->output.fd, .events = self->ring.used ? POLLOUT : 0 },
		{ .fd = self->signals, .events = POLLIN },
	};

	if (poll(fds, 3, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
		return -EPIPE;
	return fds[2].revents & POLLIN ? 1 : 0;
}

/* Reads first and writes only between: the kernel does not wait for us, the reader does. */
static int pump(struct listener *self)
{
	int more;

	do {
		more = listen_read(&self->source, &self->ring);
		if (more < 0)
			return more;
	} while (more && self->ring.used < FLUSH_AT);
	return output_write(&self->output, &self->ring);
}

static int drain(struct listener *self)
{
	int r;

	do
		r = listen_read(&self->source, &self->ring);
	while (r > 0);
	if (r < 0)
		return r;
	while (self->ring.used || self->ring.dropped) {
		struct pollfd out = { .fd = self->output.fd, .events = POLLOUT };

		line_ring_settle(&self->ring, now_ms());
		r = output_write(&self->output, &self->ring);
		if (r < 0)
			return r;
		if (self->ring.used && (poll(&out, 1, -1) < 0 || out.revents & (POLLERR | POLLHUP)))
			return -EPIPE;
	}
	return 0;
}

static int listen_until_told(struct listener *self)
{
	for (;;) {
		int r = wait_for_work(self);

		if (r > 0)
			return drain(self);
		if (r == 0)
			r = pump(self);
		if (r < 0)
			return r;
	}
}

static int open_signals(int *ret_fd)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int open_source(bool kmsg, bool from_start, struct listen_source *ret_source)
{
	int r = kmsg ? listen_kmsg(from_start, ret_source) : listen_netlink(ret_source);

	if (!r)
		return 0;
	if (kmsg)
		return cannot("cannot read /dev/kmsg", r, r == -EPERM || r == -EACCES ? "needs CAP_SYSLOG: run as root" : NULL);
	return cannot("cannot join the audit multicast group", r, fix_for_netlink(r, "CAP_AUDIT_READ"));
}

static int run(bool kmsg, bool from_start)
{
	struct listener self = { 0 };
	char ready[64];
	char *memory = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int r;

	if (memory == MAP_FAILED)
		return cannot("cannot reserve memory", -errno, NULL);
	line_ring_init(&self.ring, memory, RING_SIZE);
	r = output_open(&self.output);
	if (r)
		return cannot("cannot write to standard output", r, NULL);
	r = open_source(kmsg, from_start, &self.source);
	if (r)
		return r;
	r = open_signals(&self.signals);
	if (!r)
		r = give_up_privileges();
	if (!r)
		r = give_up_calls();
	if (r)
		return cannot("cannot give up privileges", r, NULL);
	r = kmsg ? snprintf(ready, sizeof(ready), "#ready kmsg\n")
		 : snprintf(ready, sizeof(ready), "#ready netlink rcvbuf=%d\n", self.source.rcvbuf);
	(void)line_ring_add(&self.ring, ready, (size_t)r, now_ms());
	r = listen_until_told(&self);
	return r == 0 || r == -EPIPE || r == -ECONNRESET ? 0 : cannot("cannot go on", r, NULL);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kmsg", no_argument, NULL, 'k' },	  { "from-start", no_argument, NULL, 'f' },
		{ "status", no_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool kmsg = false;
	bool from_start = false;
	bool status = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(HELP, stdout) < 0 ? EXIT_CANNOT : 0;
		if (option == '?')
			return 2;
		kmsg |= option == 'k';
		from_start |= option == 'f';
		status |= option == 's';
	}
	if (optind < argc || (from_start && !kmsg) || (status && kmsg)) {
		fputs(HELP, stderr);
		return 2;
	}
	return status ? print_status() : run(kmsg, from_start);
}

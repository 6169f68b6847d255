/* The kernel's audit records as lines on standard output: see HELP. Alone in this program it prints and ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "audit-netlink.h"
#include "end-signals.h"
#include "give-up.h"
#include "handed-over.h"
#include "listen-loop.h"
#include "notify-socket.h"
#include "serve.h"

#define RING_SIZE ((size_t)256 << 20)
#define HOLD_MIB 64
#define HOLD_MOST_MIB 4096
#define READY "READY=1\nSTATUS=holds what no reader has taken"
#define EXIT_CANNOT 3

static const char HELP[] =
	"usage: audit-listen [--kmsg [--from-start]]\n"
	"       audit-listen --serve [--hold=MIB]\n"
	"       audit-listen --status\n"
	"Writes every record of the kernel's audit multicast group to standard output, one a line:\n"
	"    type=1326 msg=audit(1795312798.508:2584233): auid=… (control bytes are written \\xNN)\n"
	"Lines that begin with # are its own words: #ready, then #loss where records were lost.\n"
	"  --kmsg        read /dev/kmsg instead, from its end: raw lines, each with its sequence number\n"
	"  --from-start  with --kmsg: from the oldest line there is\n"
	"  --serve       hold the lines of both for readers that connect to the socket which the service manager handed over\n"
	"                (LISTEN_FDS), each until its reader has said `ack NUMBER`; a reader begins by `netlink` or `kmsg`, with\n"
	"                ` after=INSTANCE:NUMBER` where it has had lines before. What was handed over is not opened here\n"
	"  --hold=MIB    with --serve: so much memory for each of the two, 1 to 4096 (64)\n"
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

static int open_source(bool kmsg, bool from_start, struct listen_source *ret_source)
{
	int r = kmsg ? listen_kmsg(from_start, ret_source) : listen_netlink(ret_source);

	if (!r)
		return 0;
	if (kmsg)
		return cannot("cannot read /dev/kmsg", r, r == -EPERM || r == -EACCES ? "needs CAP_SYSLOG: run as root" : NULL);
	return cannot("cannot join the audit multicast group", r, fix_for_netlink(r, "CAP_AUDIT_READ"));
}

static char *reserve(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int give_up(bool serving)
{
	int r = give_up_privileges();

	return r ? r : give_up_calls(serving);
}

static int run(bool kmsg, bool from_start)
{
	struct listener self = { 0 };
	char ready[64];
	char *memory = reserve(RING_SIZE);
	int r;

	if (!memory)
		return cannot("cannot reserve memory", -errno, NULL);
	line_ring_init(&self.ring, memory, RING_SIZE);
	r = output_open(&self.output);
	if (r)
		return cannot("cannot write to standard output", r, NULL);
	r = open_source(kmsg, from_start, &self.source);
	if (r)
		return r;
	r = end_signals_open(&self.signals);
	if (!r)
		r = give_up(false);
	if (r)
		return cannot("cannot give up privileges", r, NULL);
	r = kmsg ? snprintf(ready, sizeof(ready), "#ready kmsg\n")
		 : snprintf(ready, sizeof(ready), "#ready netlink rcvbuf=%d\n", self.source.rcvbuf);
	(void)line_ring_add(&self.ring, ready, (size_t)r, now_ms());
	r = listen_until_told(&self);
	return r == 0 || r == -EPIPE || r == -ECONNRESET ? 0 : cannot("cannot go on", r, NULL);
}

/* What the service manager did not open is opened here. */
static int prepare_source(struct served *served, size_t size, int handed, bool kmsg)
{
	char *memory = reserve(size);

	if (!memory)
		return cannot("cannot reserve memory", -errno, NULL);
	served->name = kmsg ? "kmsg" : "netlink";
	held_init(&served->held, memory, size);
	if (handed < 0)
		return open_source(kmsg, true, &served->source);
	served->source = (struct listen_source){ .fd = handed, .kmsg = kmsg };
	return 0;
}

static int prepare_server(struct server *self, size_t size)
{
	struct handed_over handed;
	int r = take_handed_over(&handed);

	if (r)
		return cannot("cannot use what was handed over", r, "want a listening socket, audit's netlink, /dev/kmsg, each once");
	if (handed.socket < 0)
		return cannot("nobody can connect", -ENOTSOCK, "start it by profiler-listen.socket");
	self->socket = handed.socket;
	for (int i = 0; i < READERS_MAX; i++)
		self->readers[i].fd = -1;
	r = prepare_source(&self->netlink, size, handed.netlink, false);
	return r ? r : prepare_source(&self->kmsg, size, handed.kmsg, true);
}

static int run_server(size_t size)
{
	static struct server self;
	const char *manager = getenv("NOTIFY_SOCKET");
	int notify = manager ? notify_open(manager) : -1;
	int r = prepare_server(&self, size);

	if (r)
		return r;
	if (getrandom(&self.instance, sizeof(self.instance), 0) != sizeof(self.instance))
		return cannot("cannot name this listener", -errno, NULL);
	r = end_signals_open(&self.signals);
	if (!r)
		r = give_up(true);
	if (r)
		return cannot("cannot give up privileges", r, NULL);
	if (notify >= 0)
		(void)notify_send(notify, READY, strlen(READY));
	r = serve(&self);
	return r ? cannot("cannot go on", r, NULL) : 0;
}

struct choice {
	bool kmsg, from_start, status, serve;
	unsigned long hold_mib;
};

/* 0, or -1 where its value is none. */
static int choose(struct choice *choice, int option)
{
	choice->kmsg |= option == 'k';
	choice->from_start |= option == 'f';
	choice->status |= option == 's';
	choice->serve |= option == 'S';
	if (option == 'm') {
		char *end;

		choice->hold_mib = strtoul(optarg, &end, 10);
		if (*end)
			return -1;
	}
	return !choice->hold_mib || choice->hold_mib > HOLD_MOST_MIB ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kmsg", no_argument, NULL, 'k' },   { "from-start", no_argument, NULL, 'f' },
		{ "status", no_argument, NULL, 's' }, { "serve", no_argument, NULL, 'S' },
		{ "hold", required_argument, NULL, 'm' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct choice choice = { .hold_mib = HOLD_MIB };
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(HELP, stdout) < 0 ? EXIT_CANNOT : 0;
		if (option == '?')
			return 2;
		if (choose(&choice, option)) {
			fprintf(stderr, "audit-listen: --hold: want 1 to %d\n", HOLD_MOST_MIB);
			return 2;
		}
	}
	if (optind < argc || (choice.from_start && !choice.kmsg) || choice.status + choice.kmsg + choice.serve > 1) {
		fputs(HELP, stderr);
		return 2;
	}
	if (choice.status)
		return print_status();
	return choice.serve ? run_server((size_t)choice.hold_mib << 20) : run(choice.kmsg, choice.from_start);
}

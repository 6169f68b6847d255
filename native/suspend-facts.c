#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "suspend.h"

static int read_status(struct suspend_facts *facts);
static void take_line(struct suspend_facts *facts, const char *line);
static long read_yama(void);
static int read_namespaces(bool *ret_differ);

int suspend_read_facts(struct suspend_facts *ret_facts)
{
	struct suspend_facts facts = { .yama = read_yama(), .init = getpid() == 1 };
	int subreaper = 0;
	int error = read_status(&facts);

	if (error == 0)
		error = read_namespaces(&facts.other_namespace);
	if (error < 0)
		return error;
	if (prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0) < 0)
		return -errno;
	facts.subreaper = subreaper != 0;
	*ret_facts = facts;
	return 0;
}

const char *suspend_obstacle(const struct suspend_facts *facts, bool no_new_privs)
{
	if (!facts->sys_admin)
		return "no CAP_SYS_ADMIN";
	if (facts->seccomp != 0)
		return "already under a seccomp filter";
	if (facts->tracer != 0)
		return "under a tracer";
	if (facts->init)
		return "pid 1 would inherit the tracer";
	if (facts->subreaper)
		return "a subreaper would inherit the tracer";
	if (facts->other_namespace)
		return "the tracer would be pid 1 of the children's pid namespace";
	if (facts->yama >= 3)
		return "kernel.yama.ptrace_scope is 3";
	if (facts->yama == 2 && !facts->sys_ptrace)
		return "kernel.yama.ptrace_scope is 2 and no CAP_SYS_PTRACE";
	if (!no_new_privs && !facts->sys_ptrace)
		return "no CAP_SYS_PTRACE, without which a tracer takes set-id away";
	return NULL;
}

static int read_status(struct suspend_facts *facts)
{
	FILE *status = fopen("/proc/self/status", "re");
	char *line = NULL; /* Groups: may be long */
	size_t size = 0;

	if (!status)
		return -errno;
	while (getline(&line, &size, status) > 0)
		take_line(facts, line);
	free(line);
	fclose(status);
	return 0;
}

static void take_line(struct suspend_facts *facts, const char *line)
{
	if (strncmp(line, "TracerPid:", 10) == 0) {
		facts->tracer = strtol(line + 10, NULL, 10);
	} else if (strncmp(line, "Seccomp:", 8) == 0) {
		facts->seccomp = strtol(line + 8, NULL, 10);
	} else if (strncmp(line, "CapEff:", 7) == 0) {
		unsigned long long effective = strtoull(line + 7, NULL, 16);

		facts->sys_admin = effective >> CAP_SYS_ADMIN & 1;
		facts->sys_ptrace = effective >> CAP_SYS_PTRACE & 1;
	}
}

static long read_yama(void)
{
	FILE *scope = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	char text[16] = "";
	long value = -1;

	if (!scope)
		return -1;
	if (fgets(text, sizeof(text), scope))
		value = strtol(text, NULL, 10);
	fclose(scope);
	return value;
}

static int read_namespaces(bool *ret_differ)
{
	char own[64], children[64];
	ssize_t own_length = readlink("/proc/self/ns/pid", own, sizeof(own));
	ssize_t children_length;

	if (own_length < 0)
		return -errno;
	/* After unshare(CLONE_NEWPID) alone it names a namespace without a process, and cannot be read. */
	children_length = readlink("/proc/self/ns/pid_for_children", children, sizeof(children));
	*ret_differ = children_length != own_length || memcmp(own, children, (size_t)own_length) != 0;
	return 0;
}

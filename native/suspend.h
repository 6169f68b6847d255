/*
 * Holds a filter back until execve has put the new program in place: PTRACE_O_SUSPEND_SECCOMP. The tracer is no child of
 * the target: its parent is reaped here, so that the nearest reaper above inherits it. It lets go at the exec event.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* What decides whether this process can be held that way, read before anything is tried. */
struct suspend_facts {
	bool sys_admin;       /* CAP_SYS_ADMIN, CAP_SYS_PTRACE effective */
	bool sys_ptrace;
	long seccomp;         /* 0: no filter */
	long tracer;          /* 0: not traced */
	long yama;            /* kernel.yama.ptrace_scope; -1: the kernel has no Yama */
	bool init;            /* pid 1 of its namespace, */
	bool subreaper;       /* a subreaper, */
	bool other_namespace; /* or its children go to another pid namespace: the tracer would be its child, or that init */
};

/* 0 or -ERRNO (no /proc). */
int suspend_read_facts(struct suspend_facts *ret_facts);

/*
 * Why it cannot be done, for a person; NULL: it can be tried. NO_NEW_PRIVS: the target does without set-id anyway; else a
 * tracer without CAP_SYS_PTRACE would take it away (security/commoncap.c).
 */
const char *suspend_obstacle(const struct suspend_facts *facts, bool no_new_privs);

/*
 * 0: every filter loaded from now on starts to act when execve returns to the new program; should the tracer die before,
 * this process is killed. Or -ERRNO and the step that failed.
 */
int suspend_until_exec(const struct suspend_facts *facts, const char **ret_step);

/* The program to be executed, found as execvp(3) finds it, laid out so that execve is the only call made. */
#pragma once
#include <stdint.h>

#include "filter.h"
#include "report.h"

/* Each part lies on pages of its own at a random address, so that its pointers can serve as secrets (struct exec_guard). */
struct launch {
	const char *program; /* as the person wrote it */
	const char *path;    /* where it is looked for when it has no '/' */
	char *filename;      /* what execve is called with: each candidate is written here in turn */
	char **argv;         /* one slot more than needed: a script without #! is given to /bin/sh */
	char **envp;
	struct report *message;
	uint32_t exit_secret; /* upper half of exit_group's argument: the kernel ignores it, the filter knows it */
};

/* 0 or -ERRNO. ENVP: the environment of the program, without the contract variables. */
int launch_prepare(char *const argv[], char *const envp[], struct launch *ret_launch);
struct exec_guard launch_guard(const struct launch *launch);

/*
 * Executes the program; if that fails says why and exits 127 (not found) or 126 (found, but not executable), as env(1).
 * Calls execve with the three pointers, at failure write with the message's and exit_group with the secret; nothing else.
 */
_Noreturn void launch_exec(struct launch *launch);

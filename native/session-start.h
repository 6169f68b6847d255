/* CMD's own process: its user, its signals as the caller had them. */
#pragma once
#include <signal.h>
#include <sys/types.h>

struct session_user {
	const char *name; /* NULL: CMD runs as the caller */
	uid_t uid;
	gid_t gid;
	const char *home;
	const char *shell;
};

/* Looks NAME (or a decimal uid) up. 0, or -ENOENT, or -ERRNO. The strings live until the next look-up. */
int user_find(const char *name, struct session_user *ret_user);

/*
 * Starts the file at PATH with ARGV and this process's environment. 0 and the pid once execve has succeeded; or -ERRNO,
 * what execve or the change of user said.
 */
int start_command(const char *path, char *const argv[], const struct session_user *user, const sigset_t *mask, pid_t *ret_pid);

#define _GNU_SOURCE
#include "session-start.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* NULL where NAME is no number that a user can have: (uid_t)-1 means "no change" to setresuid(2). */
static struct passwd *find_by_number(const char *name)
{
	char *end;
	unsigned long uid;

	errno = 0;
	uid = strtoul(name, &end, 10);
	if (!isdigit((unsigned char)name[0]) || *end || errno || uid >= (uid_t)-1)
		return NULL;
	return getpwuid((uid_t)uid);
}

int user_find(const char *name, struct session_user *ret_user)
{
	struct passwd *entry;

	errno = 0;
	entry = getpwnam(name);
	if (!entry)
		entry = find_by_number(name);
	if (!entry)
		return errno && errno != ESRCH ? -errno : -ENOENT;
	*ret_user = (struct session_user){
		.name = entry->pw_name,
		.uid = entry->pw_uid,
		.gid = entry->pw_gid,
		.home = entry->pw_dir,
		.shell = entry->pw_shell,
	};
	return 0;
}

/* A caller that was not root but had capabilities still has them, and would hand the ambient ones on (capabilities(7)). */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

static int become(const struct session_user *user)
{
	if (!user->name)
		return 0;
	if (initgroups(user->name, user->gid) < 0 || setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		return -errno;
	return user->uid == 0 ? 0 : drop_capabilities();
}

/* Never returns. */
static void become_command(const char *path, char *const argv[], const struct session_user *user, const sigset_t *mask, int report)
{
	int error = -become(user);

	if (!error) {
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, mask, NULL);
		execv(path, argv);
		error = errno;
	}
	(void)!write(report, &error, sizeof(error));
	_exit(error == ENOENT ? 127 : 126);
}

int start_command(const char *path, char *const argv[], const struct session_user *user, const sigset_t *mask, pid_t *ret_pid)
{
	int report[2];
	int error = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		become_command(path, argv, user, mask, report[1]);
	error = errno;
	close(report[1]);
	if (pid < 0) {
		close(report[0]);
		return -error;
	}
	do
		n = read(report[0], &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n == sizeof(error)) {
		(void)waitpid(pid, NULL, 0);
		return -error;
	}
	*ret_pid = pid;
	return 0;
}

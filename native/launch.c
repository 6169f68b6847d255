#include "launch.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pages.h"
#include "policy.h"

#define DEFAULT_PATH "/bin:/usr/bin" /* confstr(_CS_PATH): what execvp takes without PATH */
#define SHELL "/bin/sh"
#define MESSAGE_PROGRAM_MAX 512u

static const char *find_path(char *const envp[]);
static int search(struct launch *launch);
static int try_candidate(struct launch *launch, const char *directory, size_t length);
static int call_execve(const struct launch *launch);
static void give_to_shell(struct launch *launch);
static const char *describe(int error);

int launch_prepare(char *const argv[], char *const envp[], struct launch *ret_launch)
{
	struct launch launch = { .program = argv[0], .path = find_path(envp) };
	size_t argc = 0, envc = 0, kept = 0;
	size_t room = strlen(launch.path) + strlen(argv[0]) + sizeof("/") + sizeof(SHELL);
	int error;

	while (argv[argc])
		argc++;
	while (envp[envc])
		envc++;
	/* The candidate is kept twice: a script that goes to the shell is then an argument. */
	error = pages_map_secret(2 * room, (void **)&launch.filename);
	if (error == 0)
		error = pages_map_secret((argc + 2) * sizeof(char *), (void **)&launch.argv);
	if (error == 0)
		error = pages_map_secret((envc + 1) * sizeof(char *), (void **)&launch.envp);
	if (error == 0)
		error = pages_map_secret(sizeof(struct report), (void **)&launch.message);
	if (error == 0)
		error = pages_random(&launch.exit_secret, sizeof(launch.exit_secret));
	if (error < 0)
		return error;

	memcpy(launch.argv, argv, argc * sizeof(char *));
	for (size_t i = 0; i < envc; i++) {
		if (!policy_is_variable(envp[i]))
			launch.envp[kept++] = envp[i];
	}
	*ret_launch = launch;
	return 0;
}

struct exec_guard launch_guard(const struct launch *launch)
{
	return (struct exec_guard){
		.filename = (uintptr_t)launch->filename,
		.argv = (uintptr_t)launch->argv,
		.envp = (uintptr_t)launch->envp,
		.message = (uintptr_t)launch->message->text,
		.exit_secret = launch->exit_secret,
	};
}

void launch_exec(struct launch *launch)
{
	int error = search(launch);
	struct report *message = launch->message;
	uint32_t length = (uint32_t)strnlen(launch->program, MESSAGE_PROGRAM_MAX);

	report_add(message, "sandboxify: ");
	report_add_quoted(message, launch->program, length);
	report_add(message, ": ");
	report_add(message, describe(-error));
	report_add(message, "\n");
	syscall(SYS_write, STDERR_FILENO, message->text, (size_t)message->length);
	for (;;)
		syscall(SYS_exit_group, (uint64_t)launch->exit_secret << 32 | (error == -ENOENT ? 127u : 126u));
}

static const char *find_path(char *const envp[])
{
	for (; *envp; envp++) {
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	}
	return DEFAULT_PATH;
}

/* As glibc's execvp: a candidate that is not there, or may not be executed, is passed over. Returns -ERRNO. */
static int search(struct launch *launch)
{
	const char *directory = launch->path;
	bool forbidden = false;
	int error = -ENOENT;

	if (launch->program[0] == '\0')
		return -ENOENT;
	if (strchr(launch->program, '/'))
		return try_candidate(launch, "", 0);
	if (strlen(launch->program) > NAME_MAX)
		return -ENAMETOOLONG;
	for (;;) {
		size_t length = strcspn(directory, ":");

		error = length > PATH_MAX ? -ENOENT : try_candidate(launch, directory, length);
		if (error == -EACCES)
			forbidden = true;
		else if (error != -ENOENT && error != -ENOTDIR && error != -ESTALE && error != -ENODEV && error != -ETIMEDOUT)
			return error;
		if (directory[length] == '\0')
			return forbidden ? -EACCES : -ENOENT;
		directory += length + 1;
	}
}

static int try_candidate(struct launch *launch, const char *directory, size_t length)
{
	char *end = launch->filename;
	int error;

	memcpy(end, directory, length);
	end += length;
	if (length > 0)
		*end++ = '/';
	memcpy(end, launch->program, strlen(launch->program) + 1);
	error = call_execve(launch);
	if (error != -ENOEXEC)
		return error;
	give_to_shell(launch);
	call_execve(launch);
	return -ENOEXEC;
}

static int call_execve(const struct launch *launch)
{
	return syscall(SYS_execve, launch->filename, launch->argv, launch->envp) < 0 ? -errno : 0;
}

/* The arguments become /bin/sh FILE ARGS…, at the same address. */
static void give_to_shell(struct launch *launch)
{
	size_t length = strlen(launch->filename) + 1;
	char *script = launch->filename + (length > sizeof(SHELL) ? length : sizeof(SHELL));
	size_t argc = 0;

	while (launch->argv[argc])
		argc++;
	memmove(launch->argv + 2, launch->argv + 1, argc * sizeof(char *));
	memcpy(script, launch->filename, length);
	memcpy(launch->filename, SHELL, sizeof(SHELL));
	launch->argv[0] = launch->filename;
	launch->argv[1] = script;
}

/* strerror(3) may look for translations, which would be calls. */
static const char *describe(int error)
{
	switch (error) {
	case ENOENT:
		return "No such file or directory";
	case EACCES:
		return "Permission denied";
	case ENOEXEC:
		return "Exec format error";
	case ENOTDIR:
		return "Not a directory";
	case EISDIR:
		return "Is a directory";
	case E2BIG:
		return "Argument list too long";
	case ETXTBSY:
		return "Text file busy";
	case ELOOP:
		return "Too many levels of symbolic links";
	case ENAMETOOLONG:
		return "File name too long";
	case EPERM:
		return "Operation not permitted";
	case ENOMEM:
		return "Cannot allocate memory";
	case ELIBBAD:
		return "Accessing a corrupted shared library";
	default:
		return "it cannot be executed";
	}
}

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int take(int option, struct options *options, const char **ret_wanted);
static int check(const struct options *options, const char **ret_wanted);

const char options_help[] =
	"Usage: sandboxify [--exec-guard | --keep-exec] [--] PROGRAM [ARGUMENT…]\n"
	"       sandboxify --dump[=bpf]\n"
	"       sandboxify --dump --pid PID [--json]\n"
	"\n"
	"Runs PROGRAM, static or dynamic, under the system-call filter that the environment asks for, active from the first\n"
	"instruction after execve. PROGRAM keeps this process: pid, files, signals, exit status. Without a list it simply runs.\n"
	"\n"
	"  SECCOMP_SYSCALL_ALLOW=a:b:c     only these system calls (names or numbers) are allowed\n"
	"  SECCOMP_SYSCALL_DENY=a:b        all but these are allowed\n"
	"  SECCOMP_DEFAULT_ACTION=kill|log what happens to the others (kill)\n"
	"  SECCOMP_NO_NEW_PRIVS=0|1        1 when enforcing; when logging, 1 without CAP_SYS_ADMIN\n"
	"  SECCOMP_QUIET=1                 nothing on stderr but errors\n"
	"\n"
	"      --exec-guard   start without a tracer: execve is allowed with three secret pointers only. Taken by itself where\n"
	"                     a tracer cannot be used (no CAP_SYS_ADMIN, under a filter or a tracer, as pid 1 or subreaper)\n"
	"      --keep-exec    allow PROGRAM itself to call execve\n"
	"      --dump         print the filter for a person to read; =bpf: as struct sock_filter[], e.g. for bwrap --seccomp\n"
	"      --pid PID      with --dump: the filters of a running process (needs CAP_SYS_ADMIN); --json: as JSON\n"
	"      --help, --version\n"
	"\n"
	"Exit status: that of PROGRAM; 1: a mistake in the variables; 125: the filter cannot be set up, or a mistake in the\n"
	"options; 126: PROGRAM cannot be executed; 127: PROGRAM is not found.\n"
	"\n"
	"Examples:\n"
	"  SECCOMP_SYSCALL_ALLOW= SECCOMP_DEFAULT_ACTION=log sandboxify ./hello\n"
	"  SECCOMP_SYSCALL_ALLOW=write:exit_group sandboxify ./hello\n"
	"  SECCOMP_SYSCALL_DENY=ptrace:bpf sandboxify --dump\n";

enum { OPTION_GUARD = 1, OPTION_KEEP, OPTION_DUMP, OPTION_PID, OPTION_JSON, OPTION_HELP, OPTION_VERSION };

int options_read(int argc, char **argv, struct options *ret_options, const char **ret_wanted)
{
	static const struct option known[] = {
		{ "exec-guard", no_argument, NULL, OPTION_GUARD },  { "keep-exec", no_argument, NULL, OPTION_KEEP },
		{ "dump", optional_argument, NULL, OPTION_DUMP },   { "pid", required_argument, NULL, OPTION_PID },
		{ "json", no_argument, NULL, OPTION_JSON },         { "help", no_argument, NULL, OPTION_HELP },
		{ "version", no_argument, NULL, OPTION_VERSION },   { NULL, 0, NULL, 0 },
	};
	struct options options = { .command = COMMAND_RUN };
	int option;

	opterr = 0;
	optind = 0; /* from the beginning, however often this is called */
	while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		if (take(option, &options, ret_wanted) < 0)
			return -EINVAL;
		if (options.command == COMMAND_HELP || options.command == COMMAND_VERSION)
			break;
	}
	options.argv = argv + optind;
	if (check(&options, ret_wanted) < 0)
		return -EINVAL;
	*ret_options = options;
	return 0;
}

static int take(int option, struct options *options, const char **ret_wanted)
{
	char *end;
	long pid;

	switch (option) {
	case OPTION_GUARD:
		options->exec_guard = true;
		return 0;
	case OPTION_KEEP:
		options->keep_exec = true;
		return 0;
	case OPTION_DUMP:
		*ret_wanted = "--dump: want no value or =bpf";
		options->command = optarg ? COMMAND_DUMP_BPF : COMMAND_DUMP;
		return !optarg || strcmp(optarg, "bpf") == 0 ? 0 : -EINVAL;
	case OPTION_PID:
		*ret_wanted = "--pid: want the number of a process";
		errno = 0;
		pid = strtol(optarg, &end, 10);
		if (errno || *end || end == optarg || pid < 1 || pid > INT_MAX)
			return -EINVAL;
		options->pid = (pid_t)pid;
		return 0;
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_HELP:
		options->command = COMMAND_HELP;
		return 0;
	case OPTION_VERSION:
		options->command = COMMAND_VERSION;
		return 0;
	default:
		*ret_wanted = "an option is unknown or lacks its value: see --help";
		return -EINVAL;
	}
}

static int check(const struct options *options, const char **ret_wanted)
{
	if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
		return 0;
	if (options->pid && options->command != COMMAND_DUMP)
		*ret_wanted = "--pid: want it together with --dump";
	else if (options->json && !options->pid)
		*ret_wanted = "--json: want it together with --dump --pid";
	else if (options->exec_guard && options->keep_exec)
		*ret_wanted = "--exec-guard and --keep-exec: want one of them";
	else if (options->command != COMMAND_RUN && *options->argv)
		*ret_wanted = "--dump: want no program";
	else if (options->command == COMMAND_RUN && !*options->argv)
		*ret_wanted = "want a program: sandboxify [--exec-guard | --keep-exec] [--] PROGRAM [ARGUMENT…]";
	else
		return 0;
	return -EINVAL;
}

/* sandboxify: starts a program under the filter that the environment asks for, active from its first instruction. */
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "filter.h"
#include "inspect.h"
#include "install.h"
#include "launch.h"
#include "options.h"
#include "policy.h"
#include "say.h"
#include "suspend.h"

enum { EXIT_CONTRACT = 1, EXIT_REFUSED = 125 };

static struct report report;
static struct sock_filter code[FILTER_LENGTH_MAX];

static int run(const struct options *options, struct policy *policy);
static int dump(const struct options *options, const struct policy *policy);
static bool hold_back(const struct policy *policy);
static void keep_exec(struct policy *policy);
static bool allows_exec(const struct policy *policy);
static void note(const struct policy *policy, const char *what, const char *why);
static int refuse(const char *step, int error);

int main(int argc, char **argv)
{
	struct options options;
	struct policy policy;
	const char *wanted = "";

	if (options_read(argc, argv, &options, &wanted) < 0) {
		fprintf(stderr, "sandboxify: %s\n", wanted);
		return EXIT_REFUSED;
	}
	if (options.command == COMMAND_HELP)
		return fputs(options_help, stdout) < 0 || fflush(stdout) != 0 ? EXIT_REFUSED : 0;
	if (options.command == COMMAND_VERSION)
		return puts("sandboxify " VERSION) < 0 || fflush(stdout) != 0 ? EXIT_REFUSED : 0;
	if (options.pid) {
		const char *step = "";
		int error = inspect_print(options.pid, options.json, &step);

		return error < 0 ? refuse(step, error) : 0;
	}
	if (policy_from_env(environ, &policy, &report) < 0) {
		say(&report);
		return EXIT_CONTRACT;
	}
	return options.command == COMMAND_RUN ? run(&options, &policy) : dump(&options, &policy);
}

static int run(const struct options *options, struct policy *policy)
{
	bool suspended = false;
	struct exec_guard guard;
	struct launch launch;
	uint16_t length;
	int error = launch_prepare(options->argv, environ, &launch);

	if (error < 0)
		return refuse("preparing the start", error);
	if (policy->kind == POLICY_NONE)
		launch_exec(&launch);
	if (options->keep_exec)
		keep_exec(policy);
	say(&report);
	if (options->keep_exec && policy->default_action == SECCOMP_RET_LOG)
		note(policy, "--keep-exec: execve is allowed and therefore not logged", NULL);
	/* Where the program may call execve, so may we: nothing is to be held back. */
	if (!options->exec_guard && !allows_exec(policy))
		suspended = hold_back(policy);
	guard = launch_guard(&launch);
	error = filter_compile(policy, suspended ? NULL : &guard, code, &length);
	if (error == 0)
		error = install_policy(policy, code, length);
	if (error < 0)
		return refuse(error == -EACCES ? "loading the filter: want CAP_SYS_ADMIN or SECCOMP_NO_NEW_PRIVS=1" :
						 "loading the filter",
			      error);
	launch_exec(&launch);
}

static int dump(const struct options *options, const struct policy *policy)
{
	uint16_t length = 0;
	int error;

	say(&report);
	if (policy->kind == POLICY_NONE) {
		fputs("sandboxify: neither SECCOMP_SYSCALL_ALLOW nor SECCOMP_SYSCALL_DENY is set: there is no filter\n", stderr);
		return EXIT_REFUSED;
	}
	if (options->command == COMMAND_DUMP_BPF && isatty(STDOUT_FILENO)) {
		fputs("sandboxify: --dump=bpf: stdout is a terminal, want a file or a pipe\n", stderr);
		return EXIT_REFUSED;
	}
	error = filter_compile(policy, NULL, code, &length);
	if (error == 0)
		error = options->command == COMMAND_DUMP_BPF ? dump_raw(code, length) : dump_text(code, length);
	return error < 0 ? refuse("--dump", error) : 0;
}

/* Whether the filter will be suspended until execve is done; if not, exec-guard it is, and stderr says why. */
static bool hold_back(const struct policy *policy)
{
	const char *why = NULL, *step = "reading /proc/self";
	struct suspend_facts facts;
	char text[128];
	int error = suspend_read_facts(&facts);

	if (error == 0)
		why = suspend_obstacle(&facts, install_wants_no_new_privs(policy));
	if (error == 0 && !why)
		error = suspend_until_exec(&facts, &step);
	if (error == 0 && !why)
		return true;
	if (!why) {
		snprintf(text, sizeof(text), "%s: %s", step, strerror(-error));
		why = text;
	}
	note(policy, "using --exec-guard", why);
	return false;
}

static void keep_exec(struct policy *policy)
{
	uint64_t bit = UINT64_C(1) << (__NR_execve % 64);

	if (policy->kind == POLICY_ALLOW)
		policy->listed[__NR_execve / 64] |= bit;
	else
		policy->listed[__NR_execve / 64] &= ~bit;
}

static bool allows_exec(const struct policy *policy)
{
	return policy_lists(policy, __NR_execve) == (policy->kind == POLICY_ALLOW);
}

static void note(const struct policy *policy, const char *what, const char *why)
{
	if (policy->quiet)
		return;
	report.length = 0;
	report_add(&report, "sandboxify: ");
	report_add(&report, what);
	if (why) {
		report_add(&report, ": ");
		report_add(&report, why);
	}
	report_add(&report, "\n");
	say(&report);
}

static int refuse(const char *step, int error)
{
	fprintf(stderr, "sandboxify: %s: %s\n", step, strerror(-error));
	return EXIT_REFUSED;
}

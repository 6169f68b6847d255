#include "policy.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "item.h"
#include "syscalls.gen.h"

enum variable { ALLOW, DENY, ACTION, NO_NEW_PRIVS, QUIET, VARIABLE_COUNT };

/* Arrays of characters, not pointers: nothing to relocate when the library is loaded. */
static const char variable_names[VARIABLE_COUNT][24] = {
	[ALLOW] = "SECCOMP_SYSCALL_ALLOW",        [DENY] = "SECCOMP_SYSCALL_DENY", [ACTION] = "SECCOMP_DEFAULT_ACTION",
	[NO_NEW_PRIVS] = "SECCOMP_NO_NEW_PRIVS", [QUIET] = "SECCOMP_QUIET",
};

static const struct {
	char name[8];
	uint32_t action;
} actions[] = {
	{ "kill", SECCOMP_RET_KILL_PROCESS },
	{ "log", SECCOMP_RET_LOG },
};

#define ACTIONS_WANTED "\"kill\" or \"log\""

static int gather(char *const envp[], const char *values[VARIABLE_COUNT], struct report *report);
static int read_settings(const char *const values[VARIABLE_COUNT], struct policy *policy, struct report *report);
static int read_action(const char *value, uint32_t *ret_action, struct report *report);
static int read_switch(enum variable variable, const char *value, int *ret_on, struct report *report);
static int refuse(enum variable variable, const char *value, const char *wanted, struct report *report);
static int read_list(enum variable variable, const char *list, struct policy *policy, struct report *report);
static void report_item(const struct item *item, struct report *report);
static void report_mistakes(enum variable variable, const char *list, struct report *report);
static void report_kind(enum variable variable, const char *list, enum item_kind kind, struct report *report);
static const char *value_of(const char *entry, enum variable *ret_variable);
static const char *behind_name(const char *entry, const char *name);
static bool equal(const char *left, const char *right);

int policy_from_env(char *const envp[], struct policy *ret_policy, struct report *report)
{
	const char *values[VARIABLE_COUNT] = { NULL };
	struct policy policy = { .kind = POLICY_NONE };
	int wrong = gather(envp, values, report);

	wrong |= read_settings(values, &policy, report);
	policy.quiet |= wrong; /* nothing is added after all: only mistakes are worth saying */
	if (values[ALLOW])
		policy.kind = POLICY_ALLOW;
	else if (values[DENY])
		policy.kind = POLICY_DENY;
	if (values[ALLOW] && values[DENY] && !policy.quiet)
		report_add(report, "SECCOMP_SYSCALL_ALLOW and SECCOMP_SYSCALL_DENY are both set: ALLOW counts\n");
	if (policy.kind == POLICY_ALLOW)
		wrong |= read_list(ALLOW, values[ALLOW], &policy, report);
	else if (policy.kind == POLICY_DENY)
		wrong |= read_list(DENY, values[DENY], &policy, report);
	if (wrong)
		return -EINVAL;
	*ret_policy = policy;
	return 0;
}

bool policy_is_variable(const char *entry)
{
	enum variable variable;

	return value_of(entry, &variable) != NULL;
}

/* The value of each variable that is set. Set twice is a mistake: which one was meant cannot be known. */
static int gather(char *const envp[], const char *values[VARIABLE_COUNT], struct report *report)
{
	int wrong = 0;

	for (; *envp; envp++) {
		enum variable variable;
		const char *value = value_of(*envp, &variable);

		if (!value)
			continue;
		if (values[variable] && !equal(values[variable], value)) {
			report_add(report, variable_names[variable]);
			report_add(report, ": set twice with different values, want one\n");
			wrong = 1;
		}
		values[variable] = value;
	}
	return wrong;
}

static int read_settings(const char *const values[VARIABLE_COUNT], struct policy *policy, struct report *report)
{
	int quiet = 0, wrong = 0;

	policy->default_action = SECCOMP_RET_KILL_PROCESS;
	policy->no_new_privs = -1;
	if (values[ACTION])
		wrong |= read_action(values[ACTION], &policy->default_action, report);
	if (values[NO_NEW_PRIVS])
		wrong |= read_switch(NO_NEW_PRIVS, values[NO_NEW_PRIVS], &policy->no_new_privs, report);
	if (values[QUIET])
		wrong |= read_switch(QUIET, values[QUIET], &quiet, report);
	policy->quiet = quiet == 1;
	return wrong;
}

static int read_action(const char *value, uint32_t *ret_action, struct report *report)
{
	for (uint32_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (equal(value, actions[i].name)) {
			*ret_action = actions[i].action;
			return 0;
		}
	}
	return refuse(ACTION, value, ACTIONS_WANTED, report);
}

static int read_switch(enum variable variable, const char *value, int *ret_on, struct report *report)
{
	if ((value[0] != '0' && value[0] != '1') || value[1])
		return refuse(variable, value, "\"0\" or \"1\"", report);
	*ret_on = value[0] - '0';
	return 0;
}

static int refuse(enum variable variable, const char *value, const char *wanted, struct report *report)
{
	uint32_t length = 0;

	while (value[length])
		length++;
	report_add(report, variable_names[variable]);
	report_add(report, ": found ");
	report_add_quoted(report, value, length);
	report_add(report, ", want ");
	report_add(report, wanted);
	report_add(report, "\n");
	return 1;
}

/* On a mistake the lines of what would have been added go, and one line a kind of mistake stands in their place. */
static int read_list(enum variable variable, const char *list, struct policy *policy, struct report *report)
{
	uint32_t length_before = report->length;
	const char *cursor = list;
	struct item item;

	while (item_next(&cursor, &item)) {
		if (item.kind > ITEM_ELSEWHERE) {
			report->length = length_before;
			report_mistakes(variable, list, report);
			return 1;
		}
		if (item.kind == ITEM_LISTED) {
			if (policy_lists(policy, item.nr))
				continue;
			policy->listed[item.nr / 64] |= UINT64_C(1) << (item.nr % 64);
		}
		if (!policy->quiet)
			report_item(&item, report);
	}
	return 0;
}

static void report_item(const struct item *item, struct report *report)
{
	if (item->kind == ITEM_ELSEWHERE) {
		report_add_bytes(report, item->text, item->length);
		report_add(report, " is not a system call of " SYSCALL_ABI ": left out\n");
	} else {
		report_add(report, "adding ");
		report_add_bytes(report, item->text, item->length);
		report_add(report, " to the process seccomp filter\n");
	}
}

static void report_mistakes(enum variable variable, const char *list, struct report *report)
{
	for (uint32_t kind = ITEM_UNKNOWN; kind < ITEM_KIND_COUNT; kind++)
		report_kind(variable, list, (enum item_kind)kind, report);
}

static void report_kind(enum variable variable, const char *list, enum item_kind kind, struct report *report)
{
	static const char found[ITEM_KIND_COUNT][24] = {
		[ITEM_UNKNOWN] = ": unknown system calls",
		[ITEM_OUT_OF_RANGE] = ": numbers out of range",
		[ITEM_UNSUPPORTED] = ": unsupported items",
	};
	static const char wanted[ITEM_KIND_COUNT][80] = {
		[ITEM_UNKNOWN] = ", want names or decimal numbers, separated by ':' alone\n",
		[ITEM_OUT_OF_RANGE] = ", want 0 to 1023\n",
		[ITEM_UNSUPPORTED] = ", conditions and per-call actions are not supported by this version\n",
	};
	struct item item;
	bool any = false;

	while (item_next(&list, &item)) {
		if (item.kind != kind)
			continue;
		if (!any) {
			report_add(report, variable_names[variable]);
			report_add(report, found[kind]);
		}
		report_add(report, any ? ", " : " ");
		report_add_quoted(report, item.text, item.length);
		any = true;
	}
	if (any)
		report_add(report, wanted[kind]);
}

static const char *value_of(const char *entry, enum variable *ret_variable)
{
	if (entry[0] != 'S' || entry[1] != 'E' || entry[2] != 'C')
		return NULL;
	for (uint32_t i = 0; i < VARIABLE_COUNT; i++) {
		const char *value = behind_name(entry, variable_names[i]);

		if (value) {
			*ret_variable = (enum variable)i;
			return value;
		}
	}
	return NULL;
}

/* The value if ENTRY is "NAME=value", else NULL. */
static const char *behind_name(const char *entry, const char *name)
{
	while (*name && *entry == *name) {
		entry++;
		name++;
	}
	return *name == '\0' && *entry == '=' ? entry + 1 : NULL;
}

static bool equal(const char *left, const char *right)
{
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return *left == *right;
}

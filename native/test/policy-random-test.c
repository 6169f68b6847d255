/* Any list against a reader that takes its own way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "random.h"
#include "syscalls.gen.h"
#include "tap.h"

/* What an item is, found without the reader: every name by comparing with each of the table. */
static int naive_number(const char *item, bool *ret_elsewhere)
{
	*ret_elsewhere = false;
	if (item[strspn(item, "0123456789")] == '\0')
		return strtol(item, NULL, 10) <= 1023 ? (int)strtol(item, NULL, 10) : -1;
	for (uint32_t i = 0; i < SYSCALL_COUNT; i++) {
		if (strcmp(item, syscall_names + syscall_name_at[i]) == 0) {
			*ret_elsewhere = SYSCALL_NUMBERS[i] < 0;
			return SYSCALL_NUMBERS[i];
		}
	}
	return -1;
}

static void random_item(struct random *random, char item[64])
{
	uint32_t name = syscall_name_at[random_below(random, SYSCALL_COUNT)], length;

	switch (random_below(random, 60)) {
	case 0: /* any bytes, but those that end or split a list */
		length = random_below(random, 20);
		for (uint32_t i = 0; i < length; i++) {
			item[i] = (char)(1 + random_below(random, 255));
			if (item[i] == ':')
				item[i] = '_';
		}
		item[length] = '\0';
		break;
	case 1:
		snprintf(item, 64, "%u", random_below(random, 1100));
		break;
	case 2: /* a name with its last letter gone, or one letter more */
		snprintf(item, 64, "%s%s", syscall_names + name, random_below(random, 2) ? "x" : "");
		if (random_below(random, 2))
			item[strlen(item) - 1] = '\0';
		break;
	case 3:
		item[0] = '\0';
		break;
	default:
		snprintf(item, 64, "%s", syscall_names + name);
	}
}

/* Nothing but printable ASCII and line ends reaches a terminal; a refusal says which variable it is about. */
static bool report_is_right(const char *text, bool refused)
{
	for (const char *c = text; *c; c++) {
		if ((*c < 0x20 && *c != '\n') || *c >= 0x7f)
			return false;
	}
	return refused == (strstr(text, "SECCOMP_SYSCALL_") == text);
}

/* An item of printable ASCII stands between quotes as it is. */
static bool is_named(const char *text, const char *item)
{
	char quoted[70];

	for (const char *c = item; *c; c++) {
		if (*c < 0x20 || *c >= 0x7f || *c == '"' || *c == '\\')
			return true;
	}
	snprintf(quoted, sizeof(quoted), "\"%.63s\"", item);
	return strstr(text, quoted) != NULL;
}

static bool random_list_holds(struct random *random)
{
	char list[8192] = "SECCOMP_SYSCALL_DENY=";
	const char *variables[] = { list, NULL };
	uint64_t listed[POLICY_NR_MAX / 64] = { 0 };
	uint32_t count = random_below(random, 60);
	char mistakes[60][64];
	uint32_t mistaken = 0;
	struct policy policy;
	int result;

	if (random_below(random, 2))
		memcpy(list, "SECCOMP_SYSCALL_ALLOW=", 23);
	for (uint32_t i = 0; i < count; i++) {
		char item[64] = "";
		bool elsewhere;
		int nr;

		random_item(random, item);
		strcat(strcat(list, item), ":");
		nr = item[0] ? naive_number(item, &elsewhere) : -1;
		if (nr >= 0)
			listed[nr / 64] |= UINT64_C(1) << (nr % 64);
		else if (item[0] && !elsewhere)
			memcpy(mistakes[mistaken++], item, sizeof(item));
	}
	result = contract_read(variables, &policy);
	if (!report_is_right(contract_report.text, mistaken > 0) || (result < 0) != (mistaken > 0))
		return false;
	for (uint32_t i = 0; i < mistaken; i++) {
		if (!is_named(contract_report.text, mistakes[i]))
			return false;
	}
	return mistaken > 0 || memcmp(policy.listed, listed, sizeof(listed)) == 0;
}

static void test_random_lists(void)
{
	uint32_t count = tap_sweep("random lists", 5000), right = 0;

	for (uint32_t seed = 0; seed < count; seed++) {
		struct random random = { seed };
		bool holds = random_list_holds(&random);

		right += holds;
		if (!holds)
			tap_note("seed %u fails", seed);
	}
	tap_ok(right == count, "any list is read as a plain reader would, or refused (%u of %u)", right, count);
}

int main(void)
{
	test_random_lists();
	return tap_done();
}

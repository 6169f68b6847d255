/* What a filter does with each system call of the native ABI, found by running it. */
#pragma once
#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct summary {
	uint32_t length;
	uint32_t longest;           /* instructions executed for one call at most */
	bool ours;                  /* every return is ALLOW or bears FILTER_SIGNATURE (which anybody may write) */
	const char *unlisted;       /* action for a number that nothing names, */
	const char *default_action; /* and of ours the one that bears the signature; of others the same as .unlisted */
};

struct summary summary_make(const struct sock_filter *code, uint32_t length);

/* The numbers, the names by their action, and those whose action hangs on their arguments. */
void summary_print(FILE *to, const struct summary *summary, const struct sock_filter *code);

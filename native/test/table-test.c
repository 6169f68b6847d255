/* The generated table: against the headers of this machine when it is compiled, and in itself when it runs. */
#include "syscalls-assert.gen.h" /* static asserts: a number that is not this machine's does not compile */

#include <stdint.h>
#include <string.h>

#include "tap.h"

#define SYSCALLS_ALL_ABIS
#include "syscalls.gen.h"

static const char *name(uint32_t i)
{
	return syscall_names + syscall_name_at[i];
}

/* ARM alone has numbers beyond 1023 (its private calls, from 0xf0000 on). */
static bool numbers_are_unique(const int32_t *nr)
{
	for (uint32_t i = 0; i < SYSCALL_COUNT; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (nr[i] >= 0 && nr[i] == nr[j])
				return false;
		}
	}
	return true;
}

int main(void)
{
	uint32_t sorted = 1, adjacent = 1, longest = 0, unique = 0;
	const uint32_t abis = sizeof(syscall_abis) / sizeof(syscall_abis[0]);

	for (uint32_t i = 0; i < SYSCALL_COUNT; i++)
		longest = strlen(name(i)) > longest ? (uint32_t)strlen(name(i)) : longest;
	for (uint32_t i = 1; i < SYSCALL_COUNT; i++) {
		sorted += strcmp(name(i - 1), name(i)) < 0;
		adjacent += name(i - 1) + strlen(name(i - 1)) + 1 == name(i);
	}
	for (uint32_t i = 0; i < abis; i++)
		unique += numbers_are_unique(syscall_abis[i].nr);
	tap_ok(sorted == SYSCALL_COUNT, "the names are in byte order, each once");
	tap_ok(adjacent == SYSCALL_COUNT && syscall_name_at[0] == 0, "each offset is a name's beginning");
	tap_ok(longest == SYSCALL_NAME_MAX, "the longest name has %u bytes", longest);
	tap_ok(unique == abis, "no number of an ABI has two names (%u of %u ABIs)", unique, abis);
	return tap_done();
}

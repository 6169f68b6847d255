#include "environment.h"

#include <stddef.h>

#include "own-file.h"
#include "policy.h"

static char *preload_of(char *entry);
static bool remove_own(char *list);
static bool separates(char c);

void environment_clean(char **envp)
{
	char **kept = envp;

	for (; *envp; envp++) {
		char *preload = preload_of(*envp);

		if (policy_is_variable(*envp) || (preload && remove_own(preload) && *preload == '\0'))
			continue;
		*kept++ = *envp;
	}
	*kept = NULL;
}

/* The value of LD_PRELOAD, or NULL. */
static char *preload_of(char *entry)
{
	static const char prefix[] = "LD_PRELOAD=";
	uint32_t i = 0;

	while (prefix[i] && entry[i] == prefix[i])
		i++;
	return prefix[i] ? NULL : entry + i;
}

/* Entries are separated by spaces or colons (ld.so(8)); what stays keeps its order and separator. False: nothing was ours. */
static bool remove_own(char *list)
{
	const char *own = own_file_path();
	const char *from = list;
	char *to = list;
	bool removed = false;

	while (*from) {
		const char *start = from;
		uint32_t length = 0;

		while (separates(*from))
			from++;
		while (from[length] && !separates(from[length]))
			length++;
		if (length && own_file_is(own, from, length)) {
			removed = true;
			from += length;
			if (to == list) /* the first one: its separator goes too */
				while (separates(*from))
					from++;
			continue;
		}
		for (from += length; start < from; start++, to++) {
			if (to != start) /* what stays where it is may lie in memory that cannot be written */
				*to = *start;
		}
	}
	if (removed)
		*to = '\0';
	return removed;
}

static bool separates(char c)
{
	return c == ' ' || c == ':';
}

#include "reader-word.h"

#include <errno.h>
#include <string.h>

#define INSTANCE_DIGITS 16

static bool take(const char **text, const char *end, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(end - *text) < length || memcmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* All that is left, in decimal. */
static bool take_number(const char **text, const char *end, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (*text == end)
		return false;
	for (; *text < end; (*text)++) {
		int digit = digit_of(**text);

		if (digit < 0 || digit > 9 || number > (UINT64_MAX - (uint64_t)digit) / 10)
			return false;
		number = number * 10 + (uint64_t)digit;
	}
	*ret_number = number;
	return true;
}

static bool take_instance(const char **text, const char *end, uint64_t *ret_instance)
{
	uint64_t instance = 0;

	if (end - *text < INSTANCE_DIGITS)
		return false;
	for (int i = 0; i < INSTANCE_DIGITS; i++) {
		int digit = digit_of(*(*text)++);

		if (digit < 0)
			return false;
		instance = instance << 4 | (uint64_t)digit;
	}
	*ret_instance = instance;
	return true;
}

int reader_word_parse(const char *line, size_t length, struct reader_word *ret_word)
{
	struct reader_word word = { .kind = WORD_BEGIN };
	const char *end = line + length;
	bool good;

	if (take(&line, end, "ack ")) {
		word.kind = WORD_KEPT;
		good = take_number(&line, end, &word.number);
	} else {
		word.kmsg = take(&line, end, "kmsg");
		good = word.kmsg || take(&line, end, "netlink");
		if (good && line < end)
			good = take(&line, end, " after=") && take_instance(&line, end, &word.instance) &&
			       take(&line, end, ":") && take_number(&line, end, &word.number);
	}
	if (!good)
		return -EPROTO;
	*ret_word = word;
	return 0;
}

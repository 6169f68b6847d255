#include "item.h"

#include "policy.h"
#include "syscalls.gen.h"

static enum item_kind classify(const char *text, uint32_t length, uint32_t *ret_nr);
static enum item_kind read_number(const char *text, uint32_t length, uint32_t *ret_nr);
static enum item_kind find_name(const char *text, uint32_t length, uint32_t *ret_nr);
static int compare(const char *text, uint32_t length, const char *name);

bool item_next(const char **cursor, struct item *ret_item)
{
	const char *text = *cursor;
	uint32_t length = 0, nr = 0;

	while (*text == ':')
		text++;
	while (text[length] && text[length] != ':')
		length++;
	*cursor = text + length;
	if (length == 0)
		return false;
	ret_item->text = text;
	ret_item->length = length;
	ret_item->kind = classify(text, length, &nr);
	ret_item->nr = nr;
	return true;
}

static enum item_kind classify(const char *text, uint32_t length, uint32_t *ret_nr)
{
	bool digits = true;

	for (uint32_t i = 0; i < length; i++) {
		if (text[i] == '=' || text[i] == '(' || text[i] == '/')
			return ITEM_UNSUPPORTED;
		digits = digits && text[i] >= '0' && text[i] <= '9';
	}
	return digits ? read_number(text, length, ret_nr) : find_name(text, length, ret_nr);
}

static enum item_kind read_number(const char *text, uint32_t length, uint32_t *ret_nr)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < length; i++) {
		nr = nr * 10 + (uint32_t)(text[i] - '0');
		if (nr >= POLICY_NR_MAX)
			return ITEM_OUT_OF_RANGE;
	}
	*ret_nr = nr;
	return ITEM_LISTED;
}

static enum item_kind find_name(const char *text, uint32_t length, uint32_t *ret_nr)
{
	uint32_t first = 0, end = SYSCALL_COUNT;

	while (first < end) {
		uint32_t middle = (first + end) / 2;
		int order = compare(text, length, syscall_names + syscall_name_at[middle]);

		if (order == 0) {
			int32_t nr = SYSCALL_NUMBERS[middle];

			if (nr < 0)
				return ITEM_ELSEWHERE;
			*ret_nr = (uint32_t)nr;
			return ITEM_LISTED;
		}
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return ITEM_UNKNOWN;
}

/* <0, 0, >0 as the LENGTH bytes of TEXT stand before, at or after NAME in byte order. No byte of TEXT is NUL. */
static int compare(const char *text, uint32_t length, const char *name)
{
	for (uint32_t i = 0; i < length; i++) {
		int difference = (unsigned char)text[i] - (unsigned char)name[i];

		if (difference != 0)
			return difference;
	}
	return -(int)(unsigned char)name[length];
}

/* One item of a list like "read:59::write": a name of the table or a decimal number. Pure: no call, no heap. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum item_kind {
	ITEM_LISTED,    /* .nr is its number on this machine's native ABI */
	ITEM_ELSEWHERE, /* a name that only other ABIs have */
	ITEM_UNKNOWN,
	ITEM_OUT_OF_RANGE,
	ITEM_UNSUPPORTED, /* the syntax that conditions, actions per call and ABI prefixes will take */
	ITEM_KIND_COUNT,
};

struct item {
	const char *text;
	uint32_t length;
	enum item_kind kind;
	uint32_t nr;
};

/* The next item of the list at *cursor, which moves behind it; empty items are passed over. False at the list's end. */
bool item_next(const char **cursor, struct item *ret_item);

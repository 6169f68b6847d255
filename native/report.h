/* Text for stderr, gathered in a fixed buffer and written at once; cut with a mark when full. Pure: no call, no heap. */
#pragma once
#include <stdint.h>

#define REPORT_MAX 65536
struct report {
	uint32_t length;
	char text[REPORT_MAX];
};

void report_add(struct report *report, const char *text);
void report_add_bytes(struct report *report, const char *bytes, uint32_t length);
void report_add_number(struct report *report, uint64_t number);

/* LENGTH bytes of unknown origin between double quotes; all but printable ASCII is escaped (\x1b, \", \\). */
void report_add_quoted(struct report *report, const char *bytes, uint32_t length);

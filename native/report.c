#include "report.h"

static const char cut_mark[] = " [cut]\n";

#define ROOM (REPORT_MAX - sizeof(cut_mark))

static void add_char(struct report *report, char c)
{
	if (report->length < ROOM) {
		report->text[report->length++] = c;
	} else if (report->length == ROOM) {
		for (uint32_t i = 0; i + 1 < sizeof(cut_mark); i++)
			report->text[report->length++] = cut_mark[i];
	}
}

void report_add(struct report *report, const char *text)
{
	while (*text)
		add_char(report, *text++);
}

void report_add_bytes(struct report *report, const char *bytes, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		add_char(report, bytes[i]);
}

void report_add_number(struct report *report, uint64_t number)
{
	char digits[20];
	uint32_t count = 0;

	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (count)
		add_char(report, digits[--count]);
}

void report_add_quoted(struct report *report, const char *bytes, uint32_t length)
{
	static const char hex[] = "0123456789abcdef";

	add_char(report, '"');
	for (uint32_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '"' || byte == '\\') {
			add_char(report, '\\');
			add_char(report, (char)byte);
		} else if (byte >= 0x20 && byte < 0x7f) {
			add_char(report, (char)byte);
		} else {
			report_add(report, "\\x");
			add_char(report, hex[byte >> 4]);
			add_char(report, hex[byte & 0xf]);
		}
	}
	add_char(report, '"');
}

/* What audit-listen keeps for a slow reader: no byte lost unsaid, no line broken. */
#include "line-ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* Takes all that waits, as a reader does, and gives the length. */
static size_t drain(struct line_ring *ring, char *out, size_t size)
{
	const char *bytes;
	size_t used = 0;
	size_t length;

	while ((length = line_ring_peek(ring, &bytes)) > 0) {
		if (length > size - used)
			length = size - used;
		if (!length)
			break;
		memcpy(out + used, bytes, length);
		line_ring_consume(ring, length);
		used += length;
	}
	return used;
}

static bool drains_to(struct line_ring *ring, const char *wanted)
{
	char got[4096];
	size_t length = drain(ring, got, sizeof(got));
	bool same = length == strlen(wanted) && !memcmp(got, wanted, length);

	if (!same)
		tap_note("got %.*s", (int)length, got);
	return same;
}

static void test_record(void)
{
	static const char text[] = "audit(1.002:3): msg='a\nb\x1f\\ \x7f\xc3\xa9'";
	char memory[4096];
	struct line_ring ring;

	line_ring_init(&ring, memory, sizeof(memory));
	line_ring_add_record(&ring, 1107, text, sizeof(text) - 1, 5);
	tap_ok(drains_to(&ring, "type=1107 msg=audit(1.002:3): msg='a\\x0ab\\x1f\\ \\x7f\xc3\xa9'\n"),
	       "a record is one line: control bytes are written \\xNN, the rest stays");
	line_ring_add_record(&ring, 1326, "", 0, 5);
	tap_ok(drains_to(&ring, "type=1326 msg=\n"), "an empty record is a line");
}

static void test_too_long(void)
{
	size_t size = 1 << 20;
	char *memory = malloc(size);
	char *text = malloc(70000);
	const char *bytes;
	struct line_ring ring;

	if (!memory || !text)
		abort();
	memset(text, '\n', 70000);
	line_ring_init(&ring, memory, size);
	line_ring_add_record(&ring, 1, text, 70000, 5);
	tap_ok(line_ring_peek(&ring, &bytes) == strlen("type=1 msg=\n") + 4 * 16384, "a text of any length, all of it escaped, is cut and stays in bounds");
	free(text);
	free(memory);
}

static void test_overflow(void)
{
	char memory[256];
	struct line_ring ring;
	char got[sizeof(memory) + 1];
	size_t length;

	line_ring_init(&ring, memory, sizeof(memory));
	while (line_ring_add(&ring, "0123456789\n", 11, 7) == 0)
		;
	tap_ok(line_ring_add(&ring, "0123456789\n", 11, 7) == -ENOSPC, "a line that does not fit is refused");
	tap_ok(ring.dropped == 2, "what was refused is counted");
	line_ring_consume(&ring, 130);
	tap_ok(line_ring_add(&ring, "x\n", 2, 8) == 0 && ring.dropped == 0, "when room is back, a line fits again");
	length = drain(&ring, got, sizeof(memory));
	got[length] = '\0';
	tap_ok(strstr(got, "9\n#loss overflow count=2 at=8\nx\n") != NULL, "and the loss line stands before it");
	while (line_ring_add(&ring, "0123456789\n", 11, 7) == 0)
		;
	line_ring_settle(&ring, 9);
	length = drain(&ring, got, sizeof(memory));
	got[length] = '\0';
	tap_ok(strstr(got, "9\n#loss overflow count=1 at=9\n") != NULL, "a full ring has room for its last loss line");
	tap_ok(line_ring_add(&ring, "y\n", 2, 9) == 0 && drains_to(&ring, "y\n"), "an emptied ring takes lines again");
}

/* Random lines in, random pieces out: what comes out is what went in, minus what the loss lines say. */
static void test_random(void)
{
	char memory[512];
	struct line_ring ring;
	unsigned rounds = tap_sweep("ring rounds", 200000);
	unsigned written = 0;
	unsigned read = 0;
	unsigned lost = 0;
	char line[4096];
	size_t used = 0;
	bool ordered = true;

	srand(1);
	line_ring_init(&ring, memory, sizeof(memory));
	for (unsigned i = 0; i < rounds; i++) {
		const char *bytes;
		size_t waiting;
		char text[64];
		int length = snprintf(text, sizeof(text), "%u%.*s\n", written++, rand() % 20, "....................");

		(void)line_ring_add(&ring, text, (size_t)length, 1);
		waiting = line_ring_peek(&ring, &bytes);
		if (waiting && rand() % 4 == 0) {
			size_t take = 1 + (size_t)rand() % waiting;

			memcpy(line + used, bytes, take);
			used += take;
			line_ring_consume(&ring, take);
		}
		for (char *end; (end = memchr(line, '\n', used));) {
			unsigned number;

			*end = '\0';
			if (sscanf(line, "#loss overflow count=%u", &number) == 1)
				lost += number, read += number;
			else
				ordered &= (unsigned)strtoul(line, NULL, 10) == read++;
			used -= (size_t)(end + 1 - line);
			memmove(line, end + 1, used);
		}
	}
	tap_ok(ordered, "every line comes out once, whole and in order, or is in a loss line before it");
	tap_ok(lost > 0 && lost < rounds, "some were lost (%u of %u)", lost, rounds);
}

int main(void)
{
	test_record();
	test_too_long();
	test_overflow();
	test_random();
	return tap_done();
}

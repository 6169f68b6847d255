/* What a listener holds for readers that crash: each line is stored once by them, or told as lost. And their words. */
#include "held-lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader-word.h"
#include "tap.h"

static void add(struct held_lines *held, const char *line)
{
	(void)line_ring_add(&held->ring, line, strlen(line), 1);
}

/* Gives the reader up to SIZE bytes, as a socket takes them. */
static size_t give(struct held_lines *held, char *out, size_t size)
{
	const char *bytes;
	size_t used = 0;
	size_t length;

	while (used < size && (length = held_peek(held, &bytes)) > 0) {
		if (length > size - used)
			length = size - used;
		memcpy(out + used, bytes, length);
		held_give(held, length);
		used += length;
	}
	return used;
}

static bool gives(struct held_lines *held, const char *wanted)
{
	char got[4096];
	size_t length = give(held, got, sizeof(got));
	bool same = length == strlen(wanted) && !memcmp(got, wanted, length);

	if (!same)
		tap_note("got %.*s", (int)length, got);
	return same;
}

static void test_hand_over(void)
{
	char memory[4096];
	struct held_lines held;

	held_init(&held, memory, sizeof(memory));
	add(&held, "one\n");
	add(&held, "two\n");
	tap_ok(held_ungiven(&held) == 2, "what nobody has taken is known");
	tap_ok(held_begin(&held, 0, 1) == 1 && gives(&held, "one\ntwo\n"), "a first reader gets all from line 1 on");
	add(&held, "three\n");
	tap_ok(gives(&held, "three\n") && held_ungiven(&held) == 0, "and what comes then");
	tap_ok(held_acknowledge(&held, 1, 1) == 0 && gives(&held, ""), "what is acknowledged goes, the rest is not given twice");
	tap_ok(held_begin(&held, 1, 1) == 2 && gives(&held, "two\nthree\n"), "the next reader gets what was not acknowledged");
	tap_ok(held_begin(&held, 2, 1) == 3 && gives(&held, "three\n"), "what it had stored without a word is acknowledged by where it goes on");
	tap_ok(held_begin(&held, 0, 1) == 3 && gives(&held, "three\n"), "a reader that knows nothing gets all that is held");
	tap_ok(held_acknowledge(&held, 3, 1) == 0 && held.ring.used == 0 && held.first == 4, "with all acknowledged, nothing is held");
	tap_ok(held_acknowledge(&held, 2, 1) == 0, "what is acknowledged again changes nothing");
}

static void test_too_much(void)
{
	char memory[4096];
	struct held_lines held;
	char some[6];

	held_init(&held, memory, sizeof(memory));
	add(&held, "one\n");
	add(&held, "two\n");
	tap_ok(held_acknowledge(&held, 1, 1) == -EPROTO, "no reader acknowledges what it was not given");
	(void)give(&held, some, sizeof(some));
	tap_ok(held_acknowledge(&held, 2, 1) == -EPROTO && held.first == 1, "nor a line of which it has a part");
	tap_ok(held_acknowledge(&held, UINT64_MAX, 1) == -EPROTO, "nor one that there is not");
	tap_ok(held_begin(&held, 7, 1) == 1 && gives(&held, "one\ntwo\n"), "who says that it has more than there is gets all");
	tap_ok(held_begin(&held, 2, 1) == 3 && gives(&held, ""), "who has all gets nothing");
}

static void test_overflow(void)
{
	char memory[256];
	char got[sizeof(memory)];
	struct held_lines held;
	size_t length;

	held_init(&held, memory, sizeof(memory));
	(void)held_begin(&held, 0, 1);
	for (int i = 0; i < 20; i++)
		add(&held, "0123456789\n");
	tap_ok(held_ungiven(&held) == 20, "lines that were dropped are among those that nobody has taken");
	length = give(&held, got, sizeof(got));
	tap_ok(length == 14 * 11 && held.ring.dropped == 6, "as many lines as fit are held, the newest are dropped");
	tap_ok(held_acknowledge(&held, 14, 9) == 0 && gives(&held, "#loss overflow count=6 at=9\n"),
	       "with no line to come, the loss is told once all else is acknowledged");
	tap_ok(held_acknowledge(&held, 15, 9) == 0, "the loss line has a number too");
}

struct world {
	unsigned made, stored, lost;
	uint64_t cursor; /* what the reader has stored, by number */
	char part[8192];
	size_t part_length;
	bool ordered;
};

/* The reader stores the whole lines that it has. */
static void store(struct world *world)
{
	char *at = world->part;
	char *end;

	while ((end = memchr(at, '\n', world->part_length - (size_t)(at - world->part)))) {
		unsigned count;

		*end = '\0';
		if (sscanf(at, "#loss overflow count=%u", &count) == 1)
			world->lost += count, world->stored += count;
		else
			world->ordered &= (unsigned)strtoul(at, NULL, 10) == world->stored++;
		world->cursor++;
		at = end + 1;
	}
	world->part_length -= (size_t)(at - world->part);
	memmove(world->part, at, world->part_length);
}

/* Lines come, a reader takes pieces, stores, acknowledges or dies before; the next goes on after what was stored. */
static void test_random(void)
{
	static struct world world = { .ordered = true };
	char memory[700];
	struct held_lines held;
	unsigned rounds = tap_sweep("hand-over rounds", 200000);
	unsigned deaths = 0;

	srand(2);
	held_init(&held, memory, sizeof(memory));
	for (unsigned i = 0; i < rounds; i++) {
		char line[64];

		snprintf(line, sizeof(line), "%u%.*s\n", world.made++, rand() % 24, "........................");
		add(&held, line);
		if (rand() % 3 == 0)
			world.part_length += give(&held, world.part + world.part_length, 1 + (size_t)rand() % 300);
		if (rand() % 4 == 0)
			store(&world);
		if (rand() % 5 == 0)
			world.ordered &= held_acknowledge(&held, world.cursor, 1) == 0;
		if (rand() % 50 == 0) {
			world.part_length = 0;
			deaths++;
			world.ordered &= held_begin(&held, world.cursor, 1) == world.cursor + 1;
		}
	}
	do {
		world.part_length += give(&held, world.part + world.part_length, sizeof(world.part) - world.part_length);
		store(&world);
		world.ordered &= held_acknowledge(&held, world.cursor, 1) == 0;
	} while (held.ring.used || held.ring.dropped);
	tap_ok(world.ordered, "through %u deaths every line is stored once and in order, or in a loss line in its place", deaths);
	tap_ok(world.stored == world.made && world.lost > 0 && world.lost < world.made, "what is stored and what is lost is what was made (%u of %u lost)",
	       world.lost, world.made);
}

static void test_words(void)
{
	static const char *const bad[] = {
		"", "netlin", "netlinkx", "netlink ", "netlink after=", "netlink after=0123456789abcdef", "netlink after=0123456789abcdef:",
		"netlink after=0123456789abcdeg:1", "netlink after=0123456789ABCDEF:1", "netlink after=0123456789abcdef:1 ",
		"kmsg after=0123456789abcdef:18446744073709551616", "kmsg after=0123456789abcdef:-1", "ack", "ack ", "ack x", "ack 1 ",
		"ack 0x1", "ACK 1", "acknowledge 1",
	};
	struct reader_word word;
	char zero[] = "ack 1\0";

	tap_ok(!reader_word_parse("netlink", 7, &word) && word.kind == WORD_BEGIN && !word.kmsg && !word.instance, "netlink");
	tap_ok(!reader_word_parse("kmsg after=0123456789abcdef:18446744073709551615", 48, &word) && word.kmsg &&
		       word.instance == 0x0123456789abcdef && word.number == UINT64_MAX, "kmsg after=…");
	tap_ok(!reader_word_parse("ack 42", 6, &word) && word.kind == WORD_KEPT && word.number == 42, "ack 42");
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(reader_word_parse(bad[i], strlen(bad[i]), &word) == -EPROTO, "\"%s\" is no word", bad[i]);
	tap_ok(reader_word_parse(zero, 6, &word) == -EPROTO, "a NUL is no end");
}

int main(void)
{
	test_hand_over();
	test_too_much();
	test_overflow();
	test_random();
	test_words();
	return tap_done();
}

/* What a reader of `audit-listen --serve` may say, one word a line. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest word with its newline: "netlink after=INSTANCE:NUMBER\n". */
#define READER_WORD_MAX 64

enum reader_word_kind { WORD_BEGIN, WORD_KEPT };

struct reader_word {
	enum reader_word_kind kind;
	bool kmsg; /* WORD_BEGIN: which source */
	uint64_t instance; /* WORD_BEGIN: of the listener whose numbers it knows; 0: of none */
	uint64_t number; /* it keeps all lines up to this one */
};

/*
 * Reads a line (LENGTH bytes, its newline not among them): "netlink" or "kmsg", with " after=INSTANCE:NUMBER" (16 hexadecimal
 * digits, decimal) where it has had lines before, or "ack NUMBER". 0 or -EPROTO.
 */
int reader_word_parse(const char *line, size_t length, struct reader_word *ret_word);

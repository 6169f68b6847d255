/* A filter as text for a person. */
#pragma once
#include <linux/filter.h>
#include <stdint.h>
#include <stdio.h>

/* One line an instruction: index, mnemonic, operand with its name, jump targets. LENGTH ≤ BPF_MAXINSNS. */
void listing_print(FILE *to, const struct sock_filter *code, uint32_t length);

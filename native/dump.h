/* sandboxify --dump: the filter that would be loaded. */
#pragma once
#include <linux/filter.h>
#include <stdint.h>

/* To stdout; 0 or -ERRNO. */
int dump_text(const struct sock_filter *code, uint16_t length);
int dump_raw(const struct sock_filter *code, uint16_t length);

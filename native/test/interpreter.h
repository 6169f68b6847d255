/* The kernel's view of a seccomp program: may it be loaded, what does it answer, is the answer a constant ALLOW. */
#pragma once
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* What net/core/filter.c bpf_check_classic and kernel/seccomp.c seccomp_check_filter demand. */
bool interpreter_accepts(const struct sock_filter *code, uint32_t length);

/* The program's answer; aborts on an instruction that it does not know. */
uint32_t interpreter_run(const struct sock_filter *code, uint32_t length, const struct seccomp_data *data);

/* kernel/seccomp.c seccomp_is_const_allow: such a number is let through without running the filter. */
bool interpreter_is_const_allow(const struct sock_filter *code, uint32_t length, uint32_t arch, uint32_t nr);

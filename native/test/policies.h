/* Policies of many shapes, and what each must answer: told from the words of the contract, not from the compiler's code. */
#pragma once
#include "policy.h"
#include "random.h"

/* Runs, single numbers, alternations, dense, thin, empty and full ones; both kinds, both actions. */
struct policy policies_random(struct random *random);

/* The answer (SECCOMP_RET_…, without data bits) for one number on the ABI of ARCH. */
uint32_t policies_verdict(const struct policy *policy, uint32_t arch, uint32_t nr);

/* The numbers worth asking: 0 … 1023, the same as x32, and every boundary. *ret_count of them, the same array at every call. */
const uint32_t *policies_numbers(uint32_t *ret_count);

/* The arch tokens worth asking: every ABI of the table and some that do not exist. */
const uint32_t *policies_arches(uint32_t *ret_count);

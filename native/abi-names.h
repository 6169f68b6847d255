/* Names of this machine's native ABI. */
#pragma once
#include <stdint.h>

#define ABI_NR_MAX 1024u

/* The name of system call NR, or NULL. */
const char *abi_name(uint32_t nr);

/* The name of an audit architecture token (linux/audit.h), or NULL. */
const char *abi_arch_name(uint32_t token);

extern const uint32_t abi_arch_token;

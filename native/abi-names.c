#include "abi-names.h"

#include <linux/audit.h>
#include <stddef.h>

#include "syscalls.gen.h"

const uint32_t abi_arch_token = SYSCALL_ARCH_TOKEN;

const char *abi_name(uint32_t nr)
{
	for (uint32_t i = 0; i < SYSCALL_COUNT; i++) {
		if (SYSCALL_NUMBERS[i] >= 0 && (uint32_t)SYSCALL_NUMBERS[i] == nr)
			return syscall_names + syscall_name_at[i];
	}
	return NULL;
}

const char *abi_arch_name(uint32_t token)
{
	switch (token) {
	case SYSCALL_ARCH_TOKEN:
		return SYSCALL_ABI;
#ifndef __x86_64__
	case AUDIT_ARCH_X86_64:
		return "x86_64";
#endif
	case AUDIT_ARCH_I386:
		return "i386";
#ifndef __aarch64__
	case AUDIT_ARCH_AARCH64:
		return "aarch64";
#endif
	case AUDIT_ARCH_ARM:
		return "arm";
	default:
		return NULL;
	}
}

/* A record of our own making in the kernel's log, in order with all others: proof that what came before has passed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MARKER_NONCE_MAX 0xffffffu

/* The number of the call that marks: no kernel has it, and it has no x32 bit. */
static inline uint32_t marker_number(uint32_t nonce, bool end)
{
	return 0x20000000u | (nonce & MARKER_NONCE_MAX) << 1 | end;
}

/*
 * A child of ours, in our session, makes that call under a filter that logs nothing else. 0 and the child's pid, or
 * -ERRNO (-EINVAL: a kernel without SECCOMP_RET_LOG, before 4.14).
 */
int marker_emit(uint32_t nonce, bool end, pid_t *ret_pid);

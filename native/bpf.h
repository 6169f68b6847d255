/* Classic BPF as seccomp(2) runs it: an interpreter and what can be told of a program. Pure: no call, no heap. */
#pragma once
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

struct bpf_verdict {
	uint32_t value;  /* what the program returned: action and data */
	bool by_argument; /* it read more than the number and the architecture */
};

/* A program that the kernel would refuse (a jump or a load out of range, no end) gives SECCOMP_RET_KILL_PROCESS. */
struct bpf_verdict bpf_run(const struct sock_filter *code, uint32_t length, const struct seccomp_data *data);

/* The number of instructions on the longest way through; LENGTH ≤ BPF_MAXINSNS. */
uint32_t bpf_longest(const struct sock_filter *code, uint32_t length);

/* "kill", "kill_thread", "trap", "errno", "user_notif", "trace", "log", "allow" or "unknown". */
const char *bpf_action_name(uint32_t value);

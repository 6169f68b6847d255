/* Loads a compiled filter into all threads of this process, by raw system calls. */
#pragma once
#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

/*
 * Whether no_new_privs is to be set: SECCOMP_NO_NEW_PRIVS where given; else always when enforcing, and in log mode only
 * without CAP_SYS_ADMIN, so that set-id children behave while learning.
 */
bool install_wants_no_new_privs(const struct policy *policy);

/* 0 or -ERRNO (a thread that could not be filtered: -ESRCH). No call of this process follows the one that loads. */
int install_filter(const struct sock_filter *code, uint16_t length, bool no_new_privs);

/* Both of the above; where log mode may not load without no_new_privs in spite of CAP_SYS_ADMIN (-EACCES), with it. */
int install_policy(const struct policy *policy, const struct sock_filter *code, uint16_t length);

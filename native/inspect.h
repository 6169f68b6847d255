/* sandboxify --dump --pid: the filters of a running process, as the kernel keeps them. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

/*
 * To stdout, as text or as one line of JSON; 0, or -ERRNO and the step that failed. A process without a filter is not touched;
 * one with filters is stopped for a moment (PTRACE_SECCOMP_GET_FILTER: CAP_SYS_ADMIN, and no filter on ourselves).
 */
int inspect_print(pid_t pid, bool json, const char **ret_step);

/* The process that keeps the filter of its target suspended until the target's execve is done. */
#pragma once
#include <sys/types.h>

/* Seizes TARGET, writes 0 or -ERRNO (an int) to REPORT, and ends at the exec event or with the target. */
_Noreturn void tracer_run(pid_t target, int report);

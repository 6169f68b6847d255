/* burst N: N times getppid, and among them twenty other calls, each once. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const long RARE[] = {
	SYS_getpid,	   SYS_getuid,		 SYS_getgid,		     SYS_geteuid,	      SYS_getegid,
	SYS_getpgid,	   SYS_getsid,		 SYS_getgroups,		     SYS_getresuid,	      SYS_getresgid,
	SYS_getpriority,   SYS_sched_getparam,	 SYS_sched_getscheduler,     SYS_sched_get_priority_max, SYS_sched_get_priority_min,
	SYS_gettid,	   SYS_umask,		 SYS_times,		     SYS_sysinfo,	      SYS_getcwd,
};

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1;
	long rare = sizeof(RARE) / sizeof(RARE[0]);
	long said = 0;

	for (long i = 0; i < count; i++) {
		syscall(SYS_getppid);
		for (; said < rare && said * count / rare <= i; said++)
			syscall(RARE[said], 0, 0, 0);
	}
	return write(1, "done\n", 5) == 5 ? 0 : 1;
}

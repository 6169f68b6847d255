/* Takes a path that an ordinary run does not: which one is its first word. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void handler(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "plain";
	struct timespec now;

	signal(SIGUSR1, handler);
	clock_gettime(CLOCK_REALTIME, &now);
	printf("%d\n", now.tv_sec > 0);
	fflush(stdout);
	if (!strcmp(path, "clock")) /* as on a machine whose clock source the vDSO cannot read */
		return syscall(SYS_clock_gettime, CLOCK_REALTIME, &now) ? 1 : 0;
	if (!strcmp(path, "abort"))
		abort();
	if (!strcmp(path, "signal"))
		return kill(getpid(), SIGUSR1) ? 1 : 0;
	if (!strcmp(path, "heap"))
		return realloc(malloc(200000), 90000000) ? 0 : 1;
	return 0;
}

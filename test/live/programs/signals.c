/* Handlers, an alarm that interrupts a sleep, a blocked and a pending signal; ends with exit status 7. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void on_signal(int number)
{
	(void)number;
	seen++;
}

int main(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct itimerval soon = { .it_value = { .tv_usec = 20000 } };
	struct timespec long_time = { .tv_sec = 5 };
	sigset_t set, before;

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	raise(SIGUSR1);
	setitimer(ITIMER_REAL, &soon, NULL);
	nanosleep(&long_time, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &before);
	kill(getpid(), SIGUSR1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	printf("%d signals\n", (int)seen);
	return 7;
}

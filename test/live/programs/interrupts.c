/* Says ready, and how many interrupts came until half a second after the first. */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupts;

static void count(int signal_number)
{
	(void)signal_number;
	interrupts++;
}

int main(void)
{
	struct sigaction action = { .sa_handler = count };
	struct timespec pause_time = { .tv_nsec = 10000000 };
	int left = 50;

	sigaction(SIGINT, &action, NULL);
	printf("ready\n");
	fflush(stdout);
	while (left > 0) {
		nanosleep(&pause_time, NULL);
		left -= interrupts > 0;
	}
	printf("interrupts: %d\n", (int)interrupts);
	return 5;
}

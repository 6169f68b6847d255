/*
 * Prints the seccomp lines of its own /proc/self/status, then does what its arguments say:
 * own-status [exit N | signal N | getppid | wait-for-term | wait]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void on_signal(int signal)
{
	told = signal;
}

static void tell_status(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	while (status && fgets(line, sizeof(line), status)) {
		if (strncmp(line, "Seccomp:", 8) == 0 || strncmp(line, "NoNewPrivs:", 11) == 0)
			fputs(line, stdout);
	}
	if (status)
		fclose(status);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	signal(SIGTERM, on_signal);
	tell_status();
	if (strcmp(what, "exit") == 0)
		return atoi(argv[2]);
	if (strcmp(what, "signal") == 0) {
		signal(atoi(argv[2]), SIG_DFL);
		raise(atoi(argv[2]));
	}
	if (strcmp(what, "getppid") == 0)
		return getppid() == 0;
	if (strcmp(what, "wait-for-term") == 0) {
		while (!told)
			usleep(10000);
		return 42;
	}
	return 0;
}

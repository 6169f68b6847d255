/*
 * A library whose constructor comes before that of libsandbox.so. EARLY: starts a thread. EARLY_REPLACE: puts another environment in
 * the place of the first one, without the list and with an LD_PRELOAD in memory that cannot be written.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static sem_t ready;

static void print_mode(void)
{
	char line[256];
	unsigned mode = 9;
	FILE *file = fopen("/proc/thread-self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Seccomp: %u", &mode);
	if (file)
		fclose(file);
	dprintf(STDOUT_FILENO, "early %u\n", mode);
}

/* A filter of the thread's own: no common one can then be put over the process. */
static void filter_itself(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = 1, .filter = &allow };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void *run_thread(void *unused)
{
	print_mode();
	if (getenv("EARLY_FILTER"))
		filter_itself();
	sem_post(&ready);
	usleep(200000);
	getppid();
	pause();
	return unused;
}

__attribute__((constructor)) static void start(void)
{
	static const char preload[] = "LD_PRELOAD=/nowhere.so";
	pthread_t made;

	if (getenv("EARLY_REPLACE")) {
		setenv("REPLACED", "1", 1);
		unsetenv("SECCOMP_SYSCALL_ALLOW");
		putenv((char *)(uintptr_t)preload);
	}
	if (!getenv("EARLY"))
		return;
	sem_init(&ready, 0, 0);
	if (pthread_create(&made, NULL, run_thread, NULL) == 0)
		sem_wait(&ready);
}

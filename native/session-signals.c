#define _GNU_SOURCE
#include "session-signals.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define SIGNAL_END 65
#define HOLD_MS 250  /* a signal of our own waits so long for the observer's word of it */
#define TWIN_MS 1000 /* and the observer's word, if it comes later than that, counts as a twin so long */

static const int PASSED_ON[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH };

static uint64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int signals_block(sigset_t *ret_before, int *ret_fd)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(PASSED_ON) / sizeof(PASSED_ON[0]); i++)
		sigaddset(&set, PASSED_ON[i]);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, ret_before) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* inherited as ignored, it would let no child's status reach us */
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static bool asks_to_end(int number)
{
	return number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT;
}

static void pass_on(struct session_wait *wait, int number)
{
	if (!wait->main_ended)
		(void)kill(wait->main_pid, number);
	else if (asks_to_end(number))
		wait->told_to_end = true;
}

static void settle(struct session_wait *wait, int number)
{
	wait->settled[number].count++;
	wait->settled[number].at_ms = monotonic_ms();
}

static void drop_held(struct session_wait *wait, size_t at)
{
	wait->held_count--;
	memmove(wait->held + at, wait->held + at + 1, (wait->held_count - at) * sizeof(wait->held[0]));
}

/* The observer was silent for long enough: it was sent to us alone. */
static void let_go_first(struct session_wait *wait)
{
	int number = wait->held[0].number;

	drop_held(wait, 0);
	pass_on(wait, number);
	settle(wait, number);
}

static void hold(struct session_wait *wait, int number)
{
	if (wait->held_count == sizeof(wait->held) / sizeof(wait->held[0]))
		let_go_first(wait);
	wait->held[wait->held_count++] = (struct held_signal){ .number = number, .at_ms = monotonic_ms() };
}

/*
 * A terminal, or kill(2) of a process group, sends to CMD itself, to us, and to the observer, who would pass it on: that is one
 * signal, not three. What only we were sent is for CMD.
 */
static void take_own(struct session_wait *wait, const struct signalfd_siginfo *info)
{
	int number = (int)info->ssi_signo;

	if (number == SIGCHLD || number >= SIGNAL_END)
		return;
	if (!wait->main_ended && info->ssi_code == SI_KERNEL) {
		settle(wait, number);
	} else if (!wait->main_ended && getpgid(wait->main_pid) == getpgrp()) {
		hold(wait, number);
	} else {
		pass_on(wait, number);
		settle(wait, number);
	}
}

static void take_all_own(struct session_wait *wait)
{
	struct signalfd_siginfo info;

	while (read(wait->signals, &info, sizeof(info)) == sizeof(info))
		take_own(wait, &info);
}

static bool drop_twin(struct session_wait *wait, int number)
{
	struct settled_signal *settled = &wait->settled[number];

	for (size_t i = 0; i < wait->held_count; i++) {
		if (wait->held[i].number == number) {
			drop_held(wait, i);
			return true;
		}
	}
	if (monotonic_ms() - settled->at_ms >= TWIN_MS)
		settled->count = 0;
	return settled->count > 0 && settled->count--;
}

/* What the observer was sent, unless CMD has it. A group's signal comes to us before the observer can speak of it. */
static void take_from_observer(struct session_wait *wait, int number)
{
	take_all_own(wait);
	if (!drop_twin(wait, number))
		pass_on(wait, number);
}

static bool is_due(const struct session_wait *wait)
{
	return wait->held_count && monotonic_ms() - wait->held[0].at_ms >= HOLD_MS;
}

int signals_due_ms(const struct session_wait *wait, int latest_ms)
{
	uint64_t waited_ms;

	if (!wait->held_count)
		return latest_ms;
	waited_ms = monotonic_ms() - wait->held[0].at_ms;
	if (waited_ms >= HOLD_MS)
		return 0;
	return HOLD_MS - (int)waited_ms < latest_ms ? HOLD_MS - (int)waited_ms : latest_ms;
}

void signals_take(struct session_wait *wait)
{
	enum session_command command;
	int number = 0;

	take_all_own(wait);
	while ((command = lines_next(wait->lines, false, &number)) != COMMAND_NONE)
		if (command == COMMAND_SIGNAL && number > 0 && number < SIGNAL_END)
			take_from_observer(wait, number);
	while (is_due(wait))
		let_go_first(wait);
}

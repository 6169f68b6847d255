/* The talk between session-run and its observer over real pipes. */
#define _GNU_SOURCE
#include "session-lines.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

struct talk {
	struct session_lines lines;
	int hears; /* the observer's ends */
	int says;
};

static struct talk open_talk(void)
{
	struct talk talk = { 0 };
	int control[2];
	int command[2];

	if (pipe2(control, O_CLOEXEC) < 0 || pipe2(command, O_CLOEXEC) < 0 || lines_open(control[1], command[0], &talk.lines))
		_exit(1);
	talk.hears = control[0];
	talk.says = command[1];
	return talk;
}

static void say(const struct talk *talk, const char *text)
{
	if (write(talk->says, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(1);
}

static void test_commands(void)
{
	struct talk talk = open_talk();
	int signal_number = 0;

	tap_ok(lines_next(&talk.lines, false, &signal_number) == COMMAND_NONE, "nothing said is no command");
	say(&talk, "again\nnonsense\ngo\nsig");
	tap_ok(lines_next(&talk.lines, true, &signal_number) == COMMAND_AGAIN, "again");
	tap_ok(lines_next(&talk.lines, true, &signal_number) == COMMAND_GO, "what is no command is passed over");
	tap_ok(lines_next(&talk.lines, false, &signal_number) == COMMAND_NONE, "half a line is no command yet");
	say(&talk, "nal 15\n");
	tap_ok(lines_next(&talk.lines, false, &signal_number) == COMMAND_SIGNAL && signal_number == 15, "the rest makes it one");
	for (int i = 0; i < 100; i++)
		say(&talk, "0123456789");
	say(&talk, "\nquit\n");
	tap_ok(lines_next(&talk.lines, true, &signal_number) == COMMAND_QUIT, "a line without end does not fill the room for good");
	close(talk.says);
	tap_ok(lines_next(&talk.lines, false, &signal_number) == COMMAND_NONE && !talk.lines.observed, "an observer that went is noticed");
	tap_ok(lines_next(&talk.lines, true, &signal_number) == COMMAND_QUIT, "and waiting for it gives quit");
}

static void test_sayings(void)
{
	struct talk talk = open_talk();
	char got[4096];
	ssize_t n;

	lines_say(&talk.lines, "left %d %u", 12, 4000000000u);
	n = read(talk.hears, got, sizeof(got));
	tap_ok(n == 19 && !memcmp(got, "left 12 4000000000\n", 19), "a saying is one line");
	lines_say(&talk.lines, "%02000d", 1);
	n = read(talk.hears, got, sizeof(got));
	tap_ok(n > 0 && n <= 1024 && got[n - 1] == '\n', "a long one is cut and still a line");
	close(talk.hears);
	lines_say(&talk.lines, "into the void");
	tap_ok(!talk.lines.observed, "nobody listens any more: no signal, no error");
}

int main(void)
{
	struct session_lines lines;

	signal(SIGPIPE, SIG_IGN);
	tap_ok(lines_open(1000, 1001, &lines) == -EBADF, "descriptors that are not open are refused");
	test_commands();
	test_sayings();
	return tap_done();
}

/*
 * pair ROUNDS [NAME=VALUE]… PROG [ARG]… --vs [NAME=VALUE]… PROG [ARG]…
 * Starts both commands in turn, A B A B …, waits for each, and prints the two medians in nanoseconds: one line `A B`.
 * A small C program starts them, so that the starter's own cost is the same few microseconds for both.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct command {
	char **argv;
	char **envp;
	int64_t *ns;
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static struct command parse(char **words, size_t rounds)
{
	struct command command = { .ns = calloc(rounds, sizeof(int64_t)) };
	size_t inherited = 0, own = 0;

	while (environ[inherited])
		inherited++;
	while (words[own] && strchr(words[own], '='))
		own++;
	command.envp = calloc(inherited + own + 1, sizeof(char *));
	memcpy(command.envp, words, own * sizeof(char *));
	memcpy(command.envp + own, environ, inherited * sizeof(char *));
	command.argv = words + own;
	return command;
}

static void once(struct command *command, posix_spawn_file_actions_t *quiet, size_t round)
{
	int64_t from = now();
	int status;
	pid_t pid;

	if (!command->argv[0] || posix_spawnp(&pid, command->argv[0], quiet, NULL, command->argv, command->envp) ||
	    waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "pair: %s did not run to exit status 0\n", command->argv[0]);
		exit(1);
	}
	command->ns[round] = now() - from;
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	int split = 2;

	while (split < argc && strcmp(argv[split], "--vs"))
		split++;
	if (!rounds || split >= argc - 1)
		return 2;
	argv[split] = NULL;

	struct command a = parse(argv + 2, rounds), b = parse(argv + split + 1, rounds);
	posix_spawn_file_actions_t quiet;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (size_t round = 0; round < rounds; round++) {
		once(&a, &quiet, round);
		once(&b, &quiet, round);
	}
	qsort(a.ns, rounds, sizeof(int64_t), ascending);
	qsort(b.ns, rounds, sizeof(int64_t), ascending);
	printf("%lld %lld\n", (long long)a.ns[rounds / 2], (long long)b.ns[rounds / 2]);
	return 0;
}

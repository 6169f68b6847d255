#define _GNU_SOURCE
#include "session-tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "PID (COMM) STATE PPID …": COMM may hold anything, so the last parenthesis counts. 0 where it is gone or a zombie. */
static pid_t parent_of(int proc_fd, const char *pid)
{
	char path[32];
	char text[512];
	char *end;
	char state;
	int parent = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.16s/stat", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	end = strrchr(text, ')');
	if (!end || sscanf(end + 1, " %c %d", &state, &parent) != 2 || state == 'Z' || state == 'X')
		return 0;
	return parent;
}

static int add(struct process_tree *tree, pid_t pid, pid_t parent)
{
	if (tree->count == tree->capacity) {
		size_t capacity = tree->capacity ? 2 * tree->capacity : 256;
		struct process *more = reallocarray(tree->processes, capacity, sizeof(*more));

		if (!more)
			return -ENOMEM;
		tree->processes = more;
		tree->capacity = capacity;
	}
	tree->processes[tree->count++] = (struct process){ .pid = pid, .parent = parent };
	return 0;
}

static int by_pid(const void *left, const void *right)
{
	pid_t a = ((const struct process *)left)->pid;
	pid_t b = ((const struct process *)right)->pid;

	return (a > b) - (a < b);
}

/* /proc lists pids in ascending order (fs/proc/base.c next_tgid). */
static bool is_ours(const struct process_tree *tree, pid_t pid)
{
	const struct process key = { .pid = pid };
	const struct process *found = bsearch(&key, tree->processes, tree->count, sizeof(key), by_pid);

	return found && found->ours;
}

/* A parent mostly has a smaller number than its child; where numbers have wrapped, another pass finds the rest. */
static void mark_descendants(struct process_tree *tree, pid_t root)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < tree->count; i++) {
			struct process *process = &tree->processes[i];

			if (process->ours || (process->parent != root && !is_ours(tree, process->parent)))
				continue;
			process->ours = true;
			changed = true;
		}
	}
}

int tree_scan(struct process_tree *tree, pid_t root)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!proc)
		return -errno;
	tree->count = 0;
	while (!r && (entry = readdir(proc))) {
		pid_t parent = isdigit((unsigned char)entry->d_name[0]) ? parent_of(dirfd(proc), entry->d_name) : 0;

		if (parent)
			r = add(tree, (pid_t)atoi(entry->d_name), parent);
	}
	closedir(proc);
	if (!r)
		mark_descendants(tree, root);
	return r;
}

void tree_free(struct process_tree *tree)
{
	free(tree->processes);
	*tree = (struct process_tree){ 0 };
}

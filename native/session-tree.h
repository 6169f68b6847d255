/* Our descendants, found in /proc by their parents. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process_tree {
	struct process {
		pid_t pid;
		pid_t parent;
		bool ours;
	} *processes;
	size_t count;
	size_t capacity;
};

/* Reads every process once and marks the descendants of ROOT. 0 or -ERRNO. */
int tree_scan(struct process_tree *tree, pid_t root);
void tree_free(struct process_tree *tree);

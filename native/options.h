/* The command line of sandboxify. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

enum command {
	COMMAND_RUN,
	COMMAND_DUMP,     /* the filter that the environment asks for, or the filters of .pid, for a person to read */
	COMMAND_DUMP_BPF, /* that filter as struct sock_filter[] */
	COMMAND_HELP,
	COMMAND_VERSION,
};

struct options {
	enum command command;
	bool exec_guard;
	bool keep_exec;
	bool json;
	pid_t pid;   /* 0: not given */
	char **argv; /* the program and its arguments; empty for the other commands */
};

/* 0; or -EINVAL and a sentence on what was wanted. */
int options_read(int argc, char **argv, struct options *ret_options, const char **ret_wanted);

extern const char options_help[];

/* libsandbox.so as an ELF file: loads everywhere, shows nothing, needs nothing, and is silent once the filter is on. */
#include <asm/unistd.h>
#include <stdio.h>
#include <string.h>

#include "audit-tap.h"
#include "live.h"
#include "syscalls.gen.h"
#include "tap.h"

/* What COMMAND prints about the library, at most SIZE - 1 bytes. */
static const char *ask(const char *command)
{
	static char text[65536], line[8192];
	FILE *pipe;
	size_t size;

	snprintf(line, sizeof(line), "%s %s", command, live_path("libsandbox.so"));
	text[0] = '\0';
	pipe = popen(line, "r");
	if (!pipe)
		return text;
	size = fread(text, 1, sizeof(text) - 1, pipe);
	text[size] = '\0';
	pclose(pipe);
	return text;
}

static void test_symbols(void)
{
	static const char wanted[] = "                 w __environ\n"
				     "                 w _dl_debug_addr\n"
				     "                 w _r_debug\n";
	const char *symbols = ask("nm -D");

	if (!tap_ok(strcmp(symbols, wanted) == 0, "three weak references, nothing else undefined, nothing exported"))
		tap_note("%s", symbols);
	symbols = ask("objdump -T");
	if (!tap_ok(strstr(symbols, "environ") && !strstr(symbols, "GLIBC") && !strchr(symbols, '('), "no versioned symbol of any libc"))
		tap_note("%s", symbols);
	symbols = ask("readelf -dW");
	if (!tap_ok(strstr(symbols, "SONAME") && !strstr(symbols, "NEEDED") && !strstr(symbols, "TEXTREL"),
		    "no library needed, no relocation of text"))
		tap_note("%s", symbols);
	symbols = ask("readelf -lW");
	tap_ok(strstr(symbols, "GNU_STACK") && strstr(strstr(symbols, "GNU_STACK"), "RW ") && !strstr(symbols, "RWE"),
	       "no memory both writable and executable");
}

/* All names but those by which memory is had: whatever the library did after loading with them would die. */
static void test_no_memory(void)
{
	static const char *const without[] = { "brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "write" };
	static char list[65536] = "SECCOMP_SYSCALL_ALLOW=";
	struct live_start start = { .environment = { live_preload(), list, "SECCOMP_QUIET=1" } };
	static const char *const programs[] = { "subject", "subject-musl" };

	for (uint32_t i = 0; i < SYSCALL_COUNT; i++) {
		const char *name = syscall_names + syscall_name_at[i];
		bool listed = true;

		for (unsigned j = 0; j < sizeof(without) / sizeof(without[0]); j++)
			listed = listed && strcmp(name, without[j]) != 0;
		if (listed)
			strcat(strcat(list, name), ":");
	}
	for (int i = 0; i < 2; i++) {
		const struct live_end *end;

		start.argv[0] = live_path(programs[i]);
		start.argv[1] = "nothing";
		end = live_run(&start);
		tap_ok(live_explain(live_exited(end, 0), end), "%s: the library needs no memory once the filter is on", programs[i]);
	}
}

/* The kernel logs every call after the one that loads the filter: there is only the program's own. */
static void test_no_call(void)
{
	static const char *const programs[] = { "subject", "subject-musl", "subject-needed" };
	struct live_start start = {
		.environment = { live_preload(), "SECCOMP_SYSCALL_ALLOW=", "SECCOMP_DEFAULT_ACTION=log", "SECCOMP_QUIET=1" }
	};
	struct audit_record records[16];
	int tap = audit_tap_open();

	for (int i = 0; i < 3; i++) {
		const struct live_end *end;
		unsigned count;

		if (tap < 0) {
			tap_skip("no call of the library after the filter is on", "no CAP_AUDIT_READ: run as root in the first user namespace");
			continue;
		}
		start.argv[0] = live_path(programs[i]);
		start.argv[1] = "nothing";
		end = live_run(&start);
		count = audit_tap_read(tap, end->pid, 1, records, 16);
		for (unsigned j = 0; j < count && count > 1; j++)
			tap_note("logged: %u", records[j].nr);
		tap_ok(live_explain(live_exited(end, 0) && count == 1 && records[0].nr == __NR_exit_group, end),
		       "%s: an empty program logs exit_group alone", programs[i]);
	}
}

int main(void)
{
	if (!live_begin())
		return 1;
	test_symbols();
	test_no_memory();
	test_no_call();
	live_finish();
	return tap_done();
}

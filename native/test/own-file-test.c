/* Which entries of LD_PRELOAD mean the library's own file: looked up on real files. */
#define _GNU_SOURCE
#include "own-file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define OWN "libsandbox.so"

static bool touch(const char *path)
{
	FILE *file = fopen(path, "w");

	return file && fclose(file) == 0;
}

/* In a block of its own length, with no NUL behind it. */
static bool is_own(const char *own, const char *entry)
{
	char *bytes = malloc(strlen(entry) ? strlen(entry) : 1);
	bool result;

	if (!bytes)
		abort();
	memcpy(bytes, entry, strlen(entry));
	result = own_file_is(own, bytes, (uint32_t)strlen(entry));
	free(bytes);
	return result;
}

static void test_entries(const char *own)
{
	static const struct {
		const char *entry;
		bool own;
		const char *why;
	} tests[] = {
		{ OWN, true, "a name without slash, that the loader searches for" },
		{ "./" OWN, true, "another path to the file" },
		{ "link.so", false, "a searched name that is another one" },
		{ "./link.so", true, "a symbolic link" },
		{ "./hard.so", true, "a hard link" },
		{ "./other/" OWN, false, "another file of the same name" },
		{ "/nowhere/" OWN, true, "a file that cannot be looked up, of this name" },
		{ "/nowhere/other.so", false, "a file that cannot be looked up, of another name" },
		{ "/usr/$LIB/" OWN, true, "a path that the loader expands" },
		{ "/usr/${LIB}/other.so", false, "a path that the loader expands, of another name" },
		{ "./" OWN ".2", false, "a longer name" },
		{ "", false, "nothing" },
	};

	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tap_ok(is_own(own, tests[i].entry) == tests[i].own, "%s: %s %s", tests[i].why, tests[i].entry,
		       tests[i].own ? "is the library" : "is not the library");
}

int main(void)
{
	char directory[] = "/tmp/own-file-XXXXXX", own[PATH_MAX], long_path[PATH_MAX + 20];

	if (!mkdtemp(directory) || chdir(directory) != 0 || !touch(OWN) || symlink(OWN, "link.so") != 0 || link(OWN, "hard.so") != 0 ||
	    mkdir("other", 0700) != 0 || !touch("other/" OWN))
		return 1;
	snprintf(own, sizeof(own), "%s/" OWN, directory);
	tap_ok(is_own(own, own), "the path that was loaded");
	test_entries(own);
	memset(long_path, '/', sizeof(long_path) - 1);
	strcpy(long_path + sizeof(long_path) - sizeof(OWN), OWN);
	tap_ok(!is_own(own, long_path), "a path longer than any path is not the library");
	tap_ok(is_own("libsandbox.so", "/gone/libsandbox.so") && !is_own("libsandbox.so", "/gone/other.so"),
	       "where the loader's list is out of sight, the name decides");
	unlink("other/" OWN);
	rmdir("other");
	unlink("hard.so");
	unlink("link.so");
	unlink(OWN);
	if (chdir("/") != 0 || rmdir(directory) != 0)
		return 1;
	return tap_done();
}

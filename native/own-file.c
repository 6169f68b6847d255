#include "own-file.h"

#include <asm/unistd.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/stat.h>
#include <stddef.h>

#include "rawcall.h"

/* The loader's list of libraries (link.h): glibc exports the list itself, musl a pointer to it. Weak: neither need exist. */
extern struct r_debug loader_list __asm__("_r_debug") __attribute__((weak, visibility("default")));
extern struct r_debug *loader_list_at __asm__("_dl_debug_addr") __attribute__((weak, visibility("default")));

extern ElfW(Dyn) own_dynamic[] __asm__("_DYNAMIC") __attribute__((visibility("hidden")));

static bool same_file(const char *left, const char *right, bool *ret_same);
static bool same_base_name(const char *path, const char *entry, uint32_t length);
static bool equal(const char *text, const char *bytes, uint32_t length);
static bool has(const char *bytes, uint32_t length, char wanted);

const char *own_file_path(void)
{
	const struct link_map *map = NULL;

	if (&loader_list)
		map = loader_list.r_map;
	else if (&loader_list_at && loader_list_at)
		map = loader_list_at->r_map;
	for (; map; map = map->l_next) {
		if (map->l_ld == own_dynamic)
			return map->l_name;
	}
	return "libsandbox.so";
}

bool own_loader_is_musl(void)
{
	return &loader_list_at;
}

bool own_file_is(const char *own, const char *entry, uint32_t length)
{
	char path[PATH_MAX];
	bool same;

	if (equal(own, entry, length))
		return true;
	/* A name to search for, or with $LIB or $ORIGIN in it: not a path that the kernel could look up. */
	if (!has(entry, length, '/') || has(entry, length, '$'))
		return same_base_name(own, entry, length);
	if (length >= sizeof(path))
		return false;
	for (uint32_t i = 0; i < length; i++)
		path[i] = entry[i];
	path[length] = '\0';
	/* Out of sight since it was loaded (chdir, chroot): the name is what is left. */
	return same_file(own, path, &same) ? same : same_base_name(own, entry, length);
}

/* False where one of them cannot be looked up. */
static bool same_file(const char *left, const char *right, bool *ret_same)
{
	struct statx l, r;

	if (RAWCALL(__NR_statx, AT_FDCWD, (long)left, 0, STATX_INO, (long)&l) < 0 ||
	    RAWCALL(__NR_statx, AT_FDCWD, (long)right, 0, STATX_INO, (long)&r) < 0)
		return false;
	*ret_same = l.stx_ino == r.stx_ino && l.stx_dev_major == r.stx_dev_major && l.stx_dev_minor == r.stx_dev_minor;
	return true;
}

static bool same_base_name(const char *path, const char *entry, uint32_t length)
{
	const char *base = path;
	uint32_t first = length;

	for (; *path; path++) {
		if (*path == '/')
			base = path + 1;
	}
	while (first > 0 && entry[first - 1] != '/')
		first--;
	return equal(base, entry + first, length - first);
}

static bool equal(const char *text, const char *bytes, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		if (text[i] != bytes[i]) /* also where text ends: no byte is NUL */
			return false;
	}
	return text[length] == '\0';
}

static bool has(const char *bytes, uint32_t length, char wanted)
{
	for (uint32_t i = 0; i < length; i++) {
		if (bytes[i] == wanted)
			return true;
	}
	return false;
}

/* Which file this library was loaded from, and whether an entry of LD_PRELOAD means it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The path that the dynamic loader opened; "libsandbox.so" where its list of libraries cannot be found. */
const char *own_file_path(void);

/* Whether musl's dynamic loader runs this program: it calls constructors without arguments, others with argc, argv and envp. */
bool own_loader_is_musl(void);

/* ENTRY is the LENGTH bytes of one entry of LD_PRELOAD; OWN is what own_file_path() gave. */
bool own_file_is(const char *own, const char *entry, uint32_t length);

/* Memory at addresses that nobody can guess: what exec-guard's secrets are made of. */
#pragma once
#include <stddef.h>

/* 0 or -ERRNO. Bytes from the kernel's generator. */
int pages_random(void *buffer, size_t size);

/* 0 or -ERRNO. Zeroed pages of their own, at an address drawn from the whole user range (35 random bits on x86_64). */
int pages_map_secret(size_t size, void **ret_pages);

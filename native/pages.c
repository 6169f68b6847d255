#include "pages.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#define TRIES 64
/* User space as far as every kernel of the machine gives it unasked; less where the kernel has smaller page tables. */
#define ADDRESS_BITS (sizeof(void *) == 8 ? 47u : 31u)
#define ADDRESS_BITS_LEAST (sizeof(void *) == 8 ? 38u : 31u)
#define ADDRESS_LOWEST 0x10000000u /* far above vm.mmap_min_addr and a fixed executable */

int pages_random(void *buffer, size_t size)
{
	ssize_t got = getrandom(buffer, size, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EIO;
}

int pages_map_secret(size_t size, void **ret_pages)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned int bits = ADDRESS_BITS;

	for (int i = 0; i < TRIES; i++) {
		uint64_t drawn;
		int error = pages_random(&drawn, sizeof(drawn));
		uintptr_t wanted = (uintptr_t)(drawn & ((UINT64_C(1) << bits) - 1)) & ~(page - 1);
		void *pages;

		if (error < 0)
			return error;
		if (wanted < ADDRESS_LOWEST)
			continue;
		pages = mmap((void *)wanted, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (pages == (void *)wanted) {
			*ret_pages = pages;
			return 0;
		}
		/* Before Linux 4.17 the address is a hint only; an address the kernel chose is no secret. */
		if (pages != MAP_FAILED)
			munmap(pages, size);
		else if (errno == ENOMEM && bits > ADDRESS_BITS_LEAST)
			bits--;
	}
	return -ENOMEM;
}

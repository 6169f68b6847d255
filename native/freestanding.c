/* The functions that gcc may call of its own accord. libsandbox.so has no libc to take them from; hidden, so nobody else sees them. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	unsigned char *target = to;
	const unsigned char *source = from;

	while (size--)
		*target++ = *source++;
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	unsigned char *target = to;

	while (size--)
		*target++ = (unsigned char)byte;
	return to;
}

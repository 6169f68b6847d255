/* A dynamic program that needs no library: it has no environ. Says hello and ends. */
#include <asm/unistd.h>

#include "rawcall.h"

void _start(void) __attribute__((noreturn));

void _start(void)
{
	static const char text[] = "hello\n";

	RAWCALL(__NR_write, 1, (long)text, sizeof(text) - 1);
	for (;;)
		RAWCALL(__NR_exit_group, 0);
}

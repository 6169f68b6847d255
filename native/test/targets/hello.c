/* One line and exit 0: the smallest program of each libc, static and dynamic. */
#include <stdio.h>

int main(void)
{
	return puts("hello") < 0;
}

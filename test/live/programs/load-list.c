/* Loads the list that `profiler suggest --format c` made, before main(). */
#include <unistd.h>

int load_syscall_list(void);

static void __attribute__((constructor)) begin(void)
{
	if (load_syscall_list() != 0)
		_exit(99);
}

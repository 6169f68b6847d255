/* 64-bit code that makes one getpid of another ABI: i386's by int $0x80, or x32's (-DX32). Prints what it returned. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
#ifdef X32
	long nr = 39 | 0x40000000; /* __X32_SYSCALL_BIT */
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "0"(nr) : "rcx", "r11", "memory");
	/* -ENOSYS where the kernel has no CONFIG_X86_X32_ABI; the filter sees the number all the same. */
	printf("x32 getpid %s\n", result == getpid() ? "ok" : result == -38 ? "ENOSYS" : "?");
#else
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(20L) : "memory");
	printf("i386 getpid %s\n", result == getpid() ? "ok" : "?");
#endif
	return 0;
}

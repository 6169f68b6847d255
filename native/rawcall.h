/* A system call without libc: libsandbox.so has none, and nothing may come between it and its last call. */
#pragma once

struct rawcall_arguments {
	long at[5];
};

/* The kernel's own answer: -ERRNO on failure. */
static inline long rawcall(long nr, struct rawcall_arguments with)
{
#if defined(__x86_64__)
	long result;
	register long d __asm__("r10") = with.at[3], e __asm__("r8") = with.at[4];

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(with.at[0]), "S"(with.at[1]), "d"(with.at[2]), "r"(d), "r"(e)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long number __asm__("x8") = nr;
	register long result __asm__("x0") = with.at[0];
	register long b __asm__("x1") = with.at[1], c __asm__("x2") = with.at[2], d __asm__("x3") = with.at[3];
	register long e __asm__("x4") = with.at[4];

	__asm__ volatile("svc #0" : "+r"(result) : "r"(number), "r"(b), "r"(c), "r"(d), "r"(e) : "memory");
	return result;
#elif defined(__riscv)
	register long number __asm__("a7") = nr;
	register long result __asm__("a0") = with.at[0];
	register long b __asm__("a1") = with.at[1], c __asm__("a2") = with.at[2], d __asm__("a3") = with.at[3];
	register long e __asm__("a4") = with.at[4];

	__asm__ volatile("ecall" : "+r"(result) : "r"(number), "r"(b), "r"(c), "r"(d), "r"(e) : "memory");
	return result;
#elif defined(__loongarch64)
	register long number __asm__("$a7") = nr;
	register long result __asm__("$a0") = with.at[0];
	register long b __asm__("$a1") = with.at[1], c __asm__("$a2") = with.at[2], d __asm__("$a3") = with.at[3];
	register long e __asm__("$a4") = with.at[4];

	__asm__ volatile("syscall 0"
			 : "+r"(result)
			 : "r"(number), "r"(b), "r"(c), "r"(d), "r"(e)
			 : "$t0", "$t1", "$t2", "$t3", "$t4", "$t5", "$t6", "$t7", "$t8", "memory");
	return result;
#elif defined(__s390x__)
	register long number __asm__("r1") = nr;
	register long result __asm__("r2") = with.at[0];
	register long b __asm__("r3") = with.at[1], c __asm__("r4") = with.at[2], d __asm__("r5") = with.at[3];
	register long e __asm__("r6") = with.at[4];

	__asm__ volatile("svc 0" : "+d"(result) : "d"(number), "d"(b), "d"(c), "d"(d), "d"(e) : "cc", "memory");
	return result;
#elif defined(__powerpc64__)
	register long number __asm__("r0") = nr;
	register long result __asm__("r3") = with.at[0];
	register long b __asm__("r4") = with.at[1], c __asm__("r5") = with.at[2], d __asm__("r6") = with.at[3];
	register long e __asm__("r7") = with.at[4];

	__asm__ volatile("sc\n\tbns+ 1f\n\tneg %1, %1\n1:"
			 : "+r"(number), "+r"(result), "+r"(b), "+r"(c), "+r"(d), "+r"(e)
			 :
			 : "r8", "r9", "r10", "r11", "r12", "cr0", "ctr", "memory");
	return result;
#else
#error "rawcall: no system-call instruction known for this machine"
#endif
}

#define RAWCALL(nr, ...) rawcall((nr), (struct rawcall_arguments){ { __VA_ARGS__ } })

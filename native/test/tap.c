#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned count, failed;

bool tap_ok(bool passed, const char *format, ...)
{
	va_list arguments;

	printf("%sok %u - ", passed ? "" : "not ", ++count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	failed += !passed;
	return passed;
}

void tap_skip(const char *what, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++count, what, why);
	fflush(stdout);
}

void tap_note(const char *format, ...)
{
	va_list arguments;

	printf("# ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
}

unsigned tap_sweep(const char *what, unsigned base)
{
	const char *text = getenv("PROFILER_SWEEP");
	double factor = text ? strtod(text, NULL) : 1;
	double scaled = factor > 0 ? factor * base : base;
	unsigned result = scaled < 1 ? 1 : scaled > 1e9 ? 1000000000u : (unsigned)scaled;

	tap_note("%s: %u (PROFILER_SWEEP=%s)", what, result, text ? text : "1");
	return result;
}

int tap_done(void)
{
	printf("1..%u\n", count);
	return failed != 0;
}

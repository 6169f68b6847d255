#include "dump.h"

#include <errno.h>
#include <stdio.h>

#include "abi-names.h"
#include "listing.h"
#include "summary.h"

int dump_text(const struct sock_filter *code, uint16_t length)
{
	struct summary summary = summary_make(code, length);

	printf("filter for %s\n", abi_arch_name(abi_arch_token));
	listing_print(stdout, code, length);
	summary_print(stdout, &summary, code);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -errno;
}

int dump_raw(const struct sock_filter *code, uint16_t length)
{
	if (fwrite(code, sizeof(*code), length, stdout) != length)
		return -errno;
	return fflush(stdout) == 0 ? 0 : -errno;
}

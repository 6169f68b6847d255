#include "install.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "rawcall.h"

static int load(const struct sock_fprog *program, unsigned long flags);
static bool has_sys_admin(void);

bool install_wants_no_new_privs(const struct policy *policy)
{
	if (policy->no_new_privs >= 0)
		return policy->no_new_privs == 1;
	return policy->default_action != SECCOMP_RET_LOG || !has_sys_admin();
}

int install_filter(const struct sock_filter *code, uint16_t length, bool no_new_privs)
{
	const struct sock_fprog program = { .len = length, .filter = (struct sock_filter *)(uintptr_t)code };
	int result;

	if (no_new_privs) {
		result = (int)RAWCALL(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0);
		if (result < 0)
			return result;
	}
	result = load(&program, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH);
	if (result == -EINVAL) /* before Linux 5.7: the thread's id instead of ESRCH */
		result = load(&program, SECCOMP_FILTER_FLAG_TSYNC);
	return result > 0 ? -ESRCH : result;
}

int install_policy(const struct policy *policy, const struct sock_filter *code, uint16_t length)
{
	bool no_new_privs = install_wants_no_new_privs(policy);
	int result = install_filter(code, length, no_new_privs);

	if (result == -EACCES && !no_new_privs && policy->no_new_privs < 0)
		result = install_filter(code, length, true);
	return result;
}

static int load(const struct sock_fprog *program, unsigned long flags)
{
	return (int)RAWCALL(__NR_seccomp, SECCOMP_SET_MODE_FILTER, (long)flags, (long)program, 0);
}

static bool has_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (RAWCALL(__NR_capget, (long)&header, (long)data, 0, 0) < 0)
		return false;
	return data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN);
}

#include "summary.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>

#include "abi-names.h"
#include "bpf.h"
#include "filter.h"

#define UNLISTED_NR 0x3fffffffu /* below x32's numbers, above every table */
#define COLUMNS 110
#define BY_ARGUMENT 0xffffffffu /* no action: in the place of one */

static uint32_t verdict(const struct sock_filter *code, uint32_t length, uint32_t nr);
static void print_group(FILE *to, const struct summary *summary, const struct sock_filter *code, uint32_t action);
static void find_signature(struct summary *summary, const struct sock_filter *code);

struct summary summary_make(const struct sock_filter *code, uint32_t length)
{
	struct summary summary = { .length = length, .longest = bpf_longest(code, length) };

	summary.unlisted = bpf_action_name(verdict(code, length, UNLISTED_NR));
	summary.default_action = summary.unlisted;
	find_signature(&summary, code);
	return summary;
}

void summary_print(FILE *to, const struct summary *summary, const struct sock_filter *code)
{
	static const uint32_t actions[] = {
		SECCOMP_RET_ALLOW,	 SECCOMP_RET_LOG,  SECCOMP_RET_TRACE,	    SECCOMP_RET_USER_NOTIF, SECCOMP_RET_ERRNO,
		SECCOMP_RET_TRAP,	 SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS, BY_ARGUMENT,
	};

	fprintf(to, "%u instructions, at most %u executed for a call; %s; default action: %s\n", summary->length,
		summary->longest, summary->ours ? "ours" : "not ours", summary->default_action);
	for (uint32_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		print_group(to, summary, code, actions[i]);
	fprintf(to, "all else: %s\n", summary->unlisted);
}

/* The action alone; BY_ARGUMENT where more than the number decides. */
static uint32_t verdict(const struct sock_filter *code, uint32_t length, uint32_t nr)
{
	const struct seccomp_data data = { .nr = (int)nr, .arch = abi_arch_token };
	struct bpf_verdict found = bpf_run(code, length, &data);

	return found.by_argument ? BY_ARGUMENT : found.value & SECCOMP_RET_ACTION_FULL;
}

static void print_group(FILE *to, const struct summary *summary, const struct sock_filter *code, uint32_t action)
{
	int column = 0, count = 0;

	if (verdict(code, summary->length, UNLISTED_NR) == action)
		return;
	for (uint32_t nr = 0; nr < ABI_NR_MAX; nr++)
		count += verdict(code, summary->length, nr) == action;
	if (count == 0)
		return;
	fprintf(to, "%s (%d):", action == BY_ARGUMENT ? "by their arguments" : bpf_action_name(action), count);
	for (uint32_t nr = 0; nr < ABI_NR_MAX; nr++) {
		const char *name = abi_name(nr);

		if (verdict(code, summary->length, nr) != action)
			continue;
		if (column > COLUMNS)
			column = fprintf(to, "\n   ") - 1;
		column += name ? fprintf(to, " %s", name) : fprintf(to, " %u", nr);
	}
	fputc('\n', to);
}

static void find_signature(struct summary *summary, const struct sock_filter *code)
{
	bool foreign = false;

	for (uint32_t i = 0; i < summary->length; i++) {
		if (BPF_CLASS(code[i].code) != BPF_RET)
			continue;
		if (BPF_RVAL(code[i].code) == BPF_K && (code[i].k & SECCOMP_RET_DATA) == FILTER_SIGNATURE) {
			summary->ours = true;
			summary->default_action = bpf_action_name(code[i].k);
		} else if (BPF_RVAL(code[i].code) != BPF_K || code[i].k != SECCOMP_RET_ALLOW) {
			foreign = true;
		}
	}
	if (foreign && summary->ours) {
		summary->ours = false;
		summary->default_action = summary->unlisted;
	}
}

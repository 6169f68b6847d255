#include "audit-netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether "msgtype OP VALUE" holds for a SECCOMP record. */
static bool msgtype_matches(uint32_t operator, uint32_t value)
{
	switch (operator) {
	case AUDIT_EQUAL:
		return AUDIT_SECCOMP == value;
	case AUDIT_NOT_EQUAL:
		return AUDIT_SECCOMP != value;
	case AUDIT_LESS_THAN:
		return AUDIT_SECCOMP < value;
	case AUDIT_LESS_THAN_OR_EQUAL:
		return AUDIT_SECCOMP <= value;
	case AUDIT_GREATER_THAN:
		return AUDIT_SECCOMP > value;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return AUDIT_SECCOMP >= value;
	default:
		return true;
	}
}

static const char *operator_text(uint32_t operator)
{
	switch (operator) {
	case AUDIT_EQUAL:
		return "=";
	case AUDIT_NOT_EQUAL:
		return "!=";
	case AUDIT_LESS_THAN:
		return "<";
	case AUDIT_LESS_THAN_OR_EQUAL:
		return "<=";
	case AUDIT_GREATER_THAN:
		return ">";
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return ">=";
	default:
		return "?";
	}
}

/* Fields that the exclude list knows (kernel/auditfilter.c audit_field_valid); another one is shown by its number. */
static const char *field_text(uint32_t field, char number[16])
{
	switch (field) {
	case AUDIT_MSGTYPE:
		return "msgtype";
	case AUDIT_PID:
		return "pid";
	case AUDIT_UID:
		return "uid";
	case AUDIT_GID:
		return "gid";
	case AUDIT_LOGINUID:
		return "auid";
	case AUDIT_LOGINUID_SET:
		return "auid_set";
	case AUDIT_EXE:
		return "exe";
	case AUDIT_SUBJ_USER:
		return "subj_user";
	case AUDIT_SUBJ_ROLE:
		return "subj_role";
	case AUDIT_SUBJ_TYPE:
		return "subj_type";
	case AUDIT_SUBJ_SEN:
		return "subj_sen";
	case AUDIT_SUBJ_CLR:
		return "subj_clr";
	default:
		snprintf(number, 16, "field%u", field);
		return number;
	}
}

static bool has_string(uint32_t field)
{
	return field == AUDIT_EXE || (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR);
}

/* A path in a rule is bytes of a person's choice: what JSON or a terminal would trip over is shown as '?'. */
static void copy_plain(char *out, size_t size, const char *bytes, size_t length)
{
	size_t n = 0;

	for (; n < length && n + 1 < size; n++)
		out[n] = bytes[n] > 0x20 && bytes[n] < 0x7f && bytes[n] != '"' && bytes[n] != '\\' ? bytes[n] : '?';
	out[n] = '\0';
}

static int append_rule(const struct audit_rule_data *rule, size_t length, char *text, size_t size)
{
	size_t used = strlen(text);
	size_t strings = length - sizeof(*rule);
	size_t offset = 0;
	int n = snprintf(text + used, size - used, "%s-a always,exclude", used ? "\n" : "");

	for (uint32_t i = 0; i < rule->field_count && i < AUDIT_MAX_FIELDS; i++) {
		uint32_t field = rule->fields[i];
		uint32_t operator = rule->fieldflags[i] & AUDIT_OPERATORS;
		char number[16];
		char value[256];

		snprintf(value, sizeof(value), "%u", rule->values[i]);
		if (has_string(field) && rule->values[i] <= strings - offset) {
			copy_plain(value, sizeof(value), rule->buf + offset, rule->values[i]);
			offset += rule->values[i];
		}
		if (n < 0 || (size_t)n >= size - used)
			return -ENOSPC;
		used += (size_t)n;
		n = snprintf(text + used, size - used, " -F %s%s%s", field_text(field, number), operator_text(operator), value);
	}
	return n < 0 || (size_t)n >= size - used ? -ENOSPC : 0;
}

static bool can_hide_seccomp(const struct audit_rule_data *rule)
{
	if ((rule->flags & ~(uint32_t)AUDIT_FILTER_PREPEND) != AUDIT_FILTER_EXCLUDE)
		return false;
	for (uint32_t i = 0; i < rule->field_count && i < AUDIT_MAX_FIELDS; i++)
		if (rule->fields[i] == AUDIT_MSGTYPE && !msgtype_matches(rule->fieldflags[i] & AUDIT_OPERATORS, rule->values[i]))
			return false;
	return true;
}

static int read_excludes(int fd, char *text, size_t size)
{
	struct audit_reply reply;
	int r = audit_request(fd, AUDIT_LIST_RULES);

	while (!r) {
		r = audit_receive(fd, &reply);
		if (!r && reply.type == NLMSG_DONE)
			return 0;
		if (!r && reply.type == NLMSG_ERROR)
			r = audit_error(&reply);
		if (r || reply.type != AUDIT_LIST_RULES || reply.length < sizeof(struct audit_rule_data))
			continue;
		if (can_hide_seccomp(audit_payload(&reply)))
			r = append_rule(audit_payload(&reply), reply.length, text, size);
	}
	return r;
}

int audit_list_excludes(char *text, size_t size)
{
	int fd;
	int r = audit_open(0, &fd);

	if (r)
		return r;
	text[0] = '\0';
	r = read_excludes(fd, text, size);
	close(fd);
	return r;
}

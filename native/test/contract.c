#include "contract.h"

#include <stdlib.h>
#include <string.h>

struct report contract_report;

int contract_read(const char *const variables[], struct policy *ret_policy)
{
	char *envp[16] = { NULL };
	int result;
	uint32_t count = 0;

	for (; variables[count]; count++)
		envp[count] = strdup(variables[count]);
	memset(&contract_report, 0, sizeof(contract_report));
	result = policy_from_env(envp, ret_policy, &contract_report);
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(envp[i], variables[i]) != 0)
			result = -1000;
		free(envp[i]);
	}
	contract_report.text[contract_report.length] = '\0';
	return result;
}

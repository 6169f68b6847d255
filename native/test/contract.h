/* Reads an environment for the tests of the contract. */
#pragma once
#include "policy.h"

/* What the last contract_read() had to say; .text ends with a NUL. */
extern struct report contract_report;

/* policy_from_env(), with each variable in a block of its own length; -1000 if it changed one. At most 15 variables. */
int contract_read(const char *const variables[], struct policy *ret_policy);

/* Text to stderr by one write(2), without libc: a closed stderr or a broken pipe behind it does no harm. */
#pragma once
#include "report.h"

void say(const struct report *report);

/* A reader of hostile text needs no privilege once its descriptors are open. */
#pragma once
#include <stdbool.h>

/*
 * Gives up, for good: every capability, the bounding set, root's special treatment, user and groups (to nobody, where it
 * may), new privileges through execve, being dumped or traced by others. 0 or -ERRNO: then the process must end.
 */
int give_up_privileges(void);

/*
 * From now on only what a loop of reading, polling and writing needs, and with SERVING what accepting readers takes too;
 * anything else kills the process. 0 or -ERRNO.
 */
int give_up_calls(bool serving);

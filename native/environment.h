/* Takes what loaded the library out of the environment, in place: a child inherits the filter and must not load it again. */
#pragma once

/* Removes the variables of the contract from ENVP, and from each LD_PRELOAD the entry that loaded the library. */
void environment_clean(char **envp);

/* SIGTERM and SIGINT as something that poll(2) waits for. */
#pragma once

/* Blocks both, and SIGPIPE is ignored. 0 and a descriptor that becomes readable when one comes, or -ERRNO. */
int end_signals_open(int *ret_fd);

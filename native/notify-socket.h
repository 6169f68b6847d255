/* The service manager's end of sd_notify(3). */
#pragma once
#include <stddef.h>

/* A datagram socket that is connected to NAME (the value of NOTIFY_SOCKET), or -ERRNO. */
int notify_open(const char *name);

/* Sends one message. 0 or -ERRNO. */
int notify_send(int fd, const char *message, size_t length);

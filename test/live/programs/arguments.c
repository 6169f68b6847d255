/* Calls whose arguments are values, by three threads at once, so that their records interleave. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_DGRAM | SOCK_CLOEXEC };

static void *calls(void *argument)
{
	int type = types[(intptr_t)argument];

	for (int round = 0; round < 40; round++) {
		int on = 1, waiting = 0;
		int fd = socket(round % 2 ? AF_INET : AF_UNIX, type, 0);
		int file = open("/dev/null", round % 4 ? O_RDONLY : O_WRONLY | O_CLOEXEC);

		setsockopt(fd, SOL_SOCKET, round % 3 ? SO_REUSEADDR : SO_KEEPALIVE, &on, sizeof(on));
		fcntl(file, F_GETFD);
		lseek(file, 0, round % 2 ? SEEK_SET : SEEK_END);
		ioctl(fd, FIONREAD, &waiting);
		kill(getpid(), 0);
		/* Fails: its record says so, and holds its arguments all the same. */
		open("/nonexistent", O_RDWR | O_DIRECTORY);
		shutdown(fd, SHUT_WR);
		close(file);
		close(fd);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(page, 4096, PROT_NONE);
	prctl(PR_GET_DUMPABLE);
	for (intptr_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, calls, (void *)i);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

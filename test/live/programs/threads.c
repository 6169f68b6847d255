/* Four threads at once, a mutex and a condition, thread-local names: calls that only threads make. */
#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static int here;

static void *work(void *argument)
{
	(void)argument;
	prctl(PR_SET_NAME, "worker");
	pthread_mutex_lock(&lock);
	here++;
	pthread_cond_broadcast(&all_here);
	while (here < 4)
		pthread_cond_wait(&all_here, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			return 1;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%d threads met\n", here);
	return 0;
}

/* What AppArmor mediates, once each, in the folder that is named; a second word is a file to read. Says what failed, ends with 1. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed;

static int check(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s\n", what, strerror(errno));
		failed = 1;
	}
	return result;
}
#define DO(call) check(call, #call)

static void files(void)
{
	int fd = DO(open("new file \"q\" {a,b}*[c]?^\\ \n\xc3\xb6\xff", O_CREAT | O_RDWR, 0600));

	DO(write(fd, "#", 1));
	DO(flock(fd, LOCK_EX));
	DO(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
	close(fd);
	DO(close(open("plain", O_CREAT | O_WRONLY | O_APPEND, 0600)));
	DO(chmod("plain", 0640));
	DO(truncate("plain", 1));
	DO(link("plain", "hard"));
	DO(symlink("plain", "soft"));
	DO(rename("plain", "renamed"));
	DO(mkdir("folder", 0700));
	DO(rmdir("folder"));
	DO(mknod("node", S_IFCHR | 0600, 1 << 8 | 3));
	DO(close(open("/proc/self/status", O_RDONLY)));
	DO(unlink("renamed") | unlink("hard") | unlink("soft") | unlink("node"));
	DO(unlink("new file \"q\" {a,b}*[c]?^\\ \n\xc3\xb6\xff"));
}

static void sockets(void)
{
	struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(80) };
	int fd = DO(socket(AF_INET, SOCK_STREAM, 0));

	DO(bind(fd, (struct sockaddr *)&port, sizeof(port)));
	DO(listen(fd, 1));
	close(fd);
	DO(close(socket(AF_INET6, SOCK_DGRAM, 0)));
	DO(close(socket(AF_UNIX, SOCK_STREAM, 0)));
	DO(close(socket(AF_NETLINK, SOCK_RAW, 0)));
	DO(close(socket(AF_PACKET, SOCK_RAW, 0)));
}

static void processes(void)
{
	pid_t pid = DO(fork());

	if (pid == 0) {
		pause();
		_exit(0);
	}
	DO(ptrace(PTRACE_ATTACH, pid, 0, 0));
	DO(waitpid(pid, NULL, 0));
	DO(ptrace(PTRACE_DETACH, pid, 0, 0));
	DO(kill(pid, SIGTERM));
	DO(waitpid(pid, NULL, 0));
	DO(kill(getppid(), 0));
	DO(system("/bin/ls >/dev/null") == 0 ? 0 : -1);
}

static void rights(void)
{
	struct rlimit limit = { 100, 100 };
	struct timeval now;

	DO(mkdir("mnt", 0700));
	DO(mount("none", "mnt", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m"));
	DO(mount(NULL, "mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	DO(umount("mnt"));
	DO(mount(".", "mnt", NULL, MS_BIND, NULL));
	DO(mount(NULL, "mnt", NULL, MS_PRIVATE, NULL));
	DO(umount("mnt"));
	DO(rmdir("mnt"));
	DO(setrlimit(RLIMIT_NOFILE, &limit));
	DO(gettimeofday(&now, NULL));
	DO(settimeofday(&now, NULL));
	DO(chroot("."));
	DO(setuid(65534));
}

int main(int count, char **words)
{
	if (count < 2 || chdir(words[1]) < 0)
		return 2;
	if (count > 2)
		return DO(open(words[2], O_RDONLY)) < 0;
	files();
	sockets();
	processes();
	rights();
	return failed;
}

#define _GNU_SOURCE
#include "session-maps.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What may come between two looks; the kernel drops what is more, and those places stay unknown. */
#define RING_PAGES 64
#define PATH_SHOWN 400 /* in hex it fits a line */
#define BUILD_ID_MAX 20

struct maps_ring {
	int fd;
	struct perf_event_mmap_page *page;
	char *data;
	uint64_t size;
};

/* Behind every record, with PERF_SAMPLE_TID | PERF_SAMPLE_TIME and sample_id_all. */
struct tail {
	uint32_t pid, tid;
	uint64_t time;
};

struct mapping {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t start, length, offset;
	uint8_t build_id_size, reserved_1;
	uint16_t reserved_2;
	uint8_t build_id[BUILD_ID_MAX];
	uint32_t prot, flags;
	char path[];
};

struct fork_record {
	struct perf_event_header header;
	uint32_t pid, parent, tid, parent_tid;
};

struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
};

static int open_ring(int cpu, long page_size, struct maps_ring *ring)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.inherit = 1,
		.mmap = 1,
		.mmap2 = 1,
		.build_id = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.exclude_kernel = 1,
	};

	ring->fd = (int)syscall(SYS_perf_event_open, &attr, 0, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (ring->fd < 0)
		return -errno;
	ring->size = (uint64_t)page_size * RING_PAGES;
	ring->page = mmap(NULL, (size_t)page_size * (RING_PAGES + 1), PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (ring->page == MAP_FAILED) {
		int r = -errno;

		close(ring->fd);
		return r;
	}
	ring->data = (char *)ring->page + page_size;
	return 0;
}

/* An inherited event has a ring only where it is bound to one CPU (perf_event_open(2)): hence one for each. */
int maps_open(struct session_maps *ret_maps)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	long page_size = sysconf(_SC_PAGESIZE);
	struct session_maps maps = { .rings = calloc((size_t)cpus, sizeof(*maps.rings)) };
	int r = maps.rings ? 0 : -ENOMEM;

	for (int cpu = 0; !r && cpu < cpus; cpu++) {
		int opened = open_ring(cpu, page_size, &maps.rings[maps.count]);

		if (!opened)
			maps.count++;
		else if (opened != -ENODEV) /* a CPU that is off runs nothing */
			r = opened;
	}
	if (r) {
		maps_close(&maps);
		return r;
	}
	*ret_maps = maps;
	return 0;
}

static void to_hex(const void *bytes, size_t length, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[((const uint8_t *)bytes)[i] >> 4];
		text[2 * i + 1] = digits[((const uint8_t *)bytes)[i] & 15];
	}
	text[2 * length] = '\0';
}

/* Code that has a file; code that a program makes for itself (JIT) has none. */
static void say_mapping(const struct mapping *mapping, uint64_t time, struct session_lines *lines)
{
	char path[2 * PATH_SHOWN + 1];
	char build_id[2 * BUILD_ID_MAX + 1] = "-";
	size_t length = strlen(mapping->path);

	if (length > PATH_SHOWN || (mapping->path[0] != '/' && strcmp(mapping->path, "[vdso]")))
		return;
	if (mapping->header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID && mapping->build_id_size && mapping->build_id_size <= BUILD_ID_MAX)
		to_hex(mapping->build_id, mapping->build_id_size, build_id);
	to_hex(mapping->path, length, path);
	lines_say(lines, "mapped %llu %u %llx %llx %llx %s %s", (unsigned long long)time, mapping->pid,
		  (unsigned long long)mapping->start, (unsigned long long)mapping->length,
		  (unsigned long long)mapping->offset, build_id, path);
}

static void say_record(const struct perf_event_header *header, struct session_lines *lines)
{
	struct tail tail;
	const struct fork_record *fork = (const void *)header;
	const struct comm_record *comm = (const void *)header;

	memcpy(&tail, (const char *)header + header->size - sizeof(tail), sizeof(tail));
	switch (header->type) {
	case PERF_RECORD_MMAP2:
		say_mapping((const void *)header, tail.time, lines);
		break;
	case PERF_RECORD_FORK:
		if (fork->pid != fork->parent) /* else a thread */
			lines_say(lines, "forked %llu %u %u", (unsigned long long)tail.time, fork->pid, fork->parent);
		break;
	case PERF_RECORD_COMM:
		if (header->misc & PERF_RECORD_MISC_COMM_EXEC)
			lines_say(lines, "executed %llu %u", (unsigned long long)tail.time, comm->pid);
		break;
	default:
		break;
	}
}

/* A record may go on at the ring's beginning. */
static void take(const struct maps_ring *ring, uint64_t at, void *to, size_t length)
{
	uint64_t from = at % ring->size;
	size_t first = length < ring->size - from ? length : (size_t)(ring->size - from);

	memcpy(to, ring->data + from, first);
	memcpy((char *)to + first, ring->data, length - first);
}

static void say_ring(struct maps_ring *ring, struct session_lines *lines)
{
	uint64_t head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t at = ring->page->data_tail;
	static _Alignas(8) char record[UINT16_MAX + 1];

	while (at < head) {
		struct perf_event_header header;

		take(ring, at, &header, sizeof(header));
		take(ring, at, record, header.size);
		say_record((const void *)record, lines);
		at += header.size;
	}
	__atomic_store_n(&ring->page->data_tail, at, __ATOMIC_RELEASE);
}

void maps_say(struct session_maps *maps, struct session_lines *lines)
{
	for (int i = 0; i < maps->count; i++)
		say_ring(&maps->rings[i], lines);
}

void maps_close(struct session_maps *maps)
{
	for (int i = 0; i < maps->count; i++) {
		munmap(maps->rings[i].page, (size_t)(maps->rings[i].size / RING_PAGES * (RING_PAGES + 1)));
		close(maps->rings[i].fd);
	}
	free(maps->rings);
	*maps = (struct session_maps){ 0 };
}

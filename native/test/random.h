/* Numbers that are the same in every run (splitmix64): a failure can be run again by its seed. */
#pragma once
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline uint32_t random_below(struct random *random, uint32_t end)
{
	return (uint32_t)(random_next(random) % end);
}

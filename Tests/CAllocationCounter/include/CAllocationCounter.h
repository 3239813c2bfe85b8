#pragma once
// Heap allocations of the calling thread, counted by standing in front of the allocator.
#include <stdint.h>

/// Allocations of the calling thread so far; -1 where the allocator cannot be stood in front of.
int64_t allocation_count(void);

/// Bytes the calling thread has taken and not given back; -1 where they cannot be counted.
int64_t allocated_bytes(void);

// Test executables export these symbols, so every library in the process allocates through them;
// glibc keeps its own under other names.
#include "CAllocationCounter.h"
#include <stddef.h>

// Sanitizers bring an allocator of their own, which must not be covered.
#if defined(__linux__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#include <errno.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local int64_t allocations __attribute__((tls_model("initial-exec")));

void *malloc(size_t bytes) { allocations++; return __libc_malloc(bytes); }
void *calloc(size_t count, size_t bytes) { allocations++; return __libc_calloc(count, bytes); }
void *realloc(void *old, size_t bytes) { allocations++; return __libc_realloc(old, bytes); }
void *memalign(size_t alignment, size_t bytes) { allocations++; return __libc_memalign(alignment, bytes); }
void *aligned_alloc(size_t alignment, size_t bytes) { allocations++; return __libc_memalign(alignment, bytes); }

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  allocations++;
  void *memory = __libc_memalign(alignment, bytes);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}

int64_t allocation_count(void) { return allocations; }
#else
int64_t allocation_count(void) { return -1; }
#endif

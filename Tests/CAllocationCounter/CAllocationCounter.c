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

extern void __libc_free(void *);
extern size_t malloc_usable_size(void *);

static _Thread_local int64_t allocations __attribute__((tls_model("initial-exec")));
static _Thread_local int64_t held __attribute__((tls_model("initial-exec")));

static void *counted(void *memory) {
  allocations++;
  if (memory) held += (int64_t)malloc_usable_size(memory);
  return memory;
}

void free(void *memory) {
  if (memory) held -= (int64_t)malloc_usable_size(memory);
  __libc_free(memory);
}

void *malloc(size_t bytes) { return counted(__libc_malloc(bytes)); }
void *calloc(size_t count, size_t bytes) { return counted(__libc_calloc(count, bytes)); }
void *memalign(size_t alignment, size_t bytes) { return counted(__libc_memalign(alignment, bytes)); }
void *aligned_alloc(size_t alignment, size_t bytes) { return counted(__libc_memalign(alignment, bytes)); }

void *realloc(void *old, size_t bytes) {
  if (old) held -= (int64_t)malloc_usable_size(old);
  void *memory = counted(__libc_realloc(old, bytes));
  if (!memory && old && bytes) held += (int64_t)malloc_usable_size(old);
  return memory;
}

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  void *memory = counted(__libc_memalign(alignment, bytes));
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}

int64_t allocation_count(void) { return allocations; }
int64_t allocated_bytes(void) { return held; }
#else
int64_t allocation_count(void) { return -1; }
int64_t allocated_bytes(void) { return -1; }
#endif

// Chooses the table of kernels once, by what the processor supports.
#include "CKernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

extern const mgs_kernels mgs_table_portable;
#if defined(__x86_64__)
extern const mgs_kernels mgs_table_avx2;
extern const mgs_kernels mgs_table_avx512;
#endif

void mgs_flush_subnormals(void) {
#if defined(__x86_64__)
  const unsigned flushToZero = 1u << 15, denormalsAreZero = 1u << 6;
  _mm_setcsr(_mm_getcsr() | flushToZero | denormalsAreZero);
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | 1u << 24));
#endif
}

int32_t mgs_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  return avx512 ? 2 : avx2 ? 1 : 0;
#else
  return 0;
#endif
}

const mgs_kernels *mgs_kernels_at(int32_t level) {
#if defined(__x86_64__)
  int32_t best = mgs_best_level();
  switch (level < best ? level : best) {
    case 2: return &mgs_table_avx512;
    case 1: return &mgs_table_avx2;
    default: return &mgs_table_portable;
  }
#else
  (void)level;
  return &mgs_table_portable;
#endif
}

// Scores, their gradients and slopes, and the packed queries and output gradients of one head.
ptrdiff_t mgs_attention_scratch(ptrdiff_t length, ptrdiff_t headWidth) {
  return 3 * length * MGS_QUERIES + 2 * (length + MGS_QUERIES) * headWidth;
}

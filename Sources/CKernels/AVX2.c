// Kernels in eight-wide vectors for AVX2 + FMA.
#if defined(__x86_64__)
#include <immintrin.h>
#include "CKernels.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define MGS_LANES 8
#define MGS_TABLE mgs_table_avx2
#define MGS_LEVEL 1
#define MGS_LEVEL_NAME "avx2"
#define MGS_ROWS 6
#include "Source/Table.h"
#pragma clang attribute pop
#endif

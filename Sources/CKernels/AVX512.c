// Kernels in sixteen-wide vectors for AVX-512 (F, VL, BW, DQ).
#if defined(__x86_64__)
#include <immintrin.h>
#include "CKernels.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#define MGS_LANES 16
#define MGS_TABLE mgs_table_avx512
#define MGS_LEVEL 2
#define MGS_LEVEL_NAME "avx512"
#define MGS_ROWS 14
#include "Source/Table.h"
#pragma clang attribute pop
#endif

// Kernels in four-wide vectors: SSE2 on x86-64, NEON on arm64.
#define MGS_LANES 4
#define MGS_TABLE mgs_table_portable
#define MGS_LEVEL 0
#define MGS_LEVEL_NAME "portable"
#if defined(__aarch64__)
#define MGS_ROWS 12
#else
#define MGS_ROWS 6
#endif
#include "Source/Table.h"

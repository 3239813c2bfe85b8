#pragma once
// Vectorized kernels behind one table of functions per instruction-set level.
//
// They are C because Swift's vector code follows build flags for a whole module, whereas
// `__attribute__((target))` lets every level live side by side and be chosen once at start-up.
// All matrices are row-major float32; strides count elements.
#include <stddef.h>
#include <stdint.h>
#include "OptimizerPasses.h"

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// C[m, n] = (accumulate ? C : 0) + A[m, k] · B[k, n].
///
/// Of each pair of strides of A and B one must be 1. When `packed` is set, B was laid out by `pack`
/// and its strides are ignored. When `bf16` is set, A and B are rounded to bfloat16, to nearest and
/// ties to even, before they are multiplied; sums are float32 all the same, and a packed B must have
/// been packed with `bf16` too.
typedef struct {
  ptrdiff_t m, n, k;
  const float *a;
  ptrdiff_t aRow, aColumn;
  const float *b;
  ptrdiff_t bRow, bColumn;
  float *c;
  ptrdiff_t cRow;
  int32_t accumulate, packed, bf16;
} mgs_product;

/// One layer's causal attention over `sequences` sequences of `length` positions.
///
/// `qkv` holds rotated queries of width heads·headWidth, then keys and values of width
/// keyHeads·headWidth each, one row per position; heads/keyHeads queries share a key. Normalizers are a query's largest scaled score and the inverse of its sum of exponentials.
/// `scratch` holds mgs_attention_scratch floats. `bf16` is that of every product inside.
typedef struct {
  ptrdiff_t sequences, length, heads, keyHeads, headWidth;
  const float *qkv;
  ptrdiff_t qkvRow;
  float *_Nullable out;  // forward: [sequences·length, heads·headWidth], written
  ptrdiff_t outRow;      // of out and of its gradient
  float *normalizers;    // [sequences, heads, 2, length], written by forward, read by backward
  const float *_Nullable outGradient;  // backward: shaped as out
  float *_Nullable qkvGradient;        // backward: shaped as qkv, written
  float *scratch;
  float scale, softcap;  // softcap 0: none
  int32_t bf16;
} mgs_attention;

/// Activations of the gate: x·sigmoid(x), x·Φ(x), and the latter with Φ from a hyperbolic tangent.
#define MGS_SILU 0
#define MGS_GELU 1
#define MGS_GELU_TANH 2

typedef struct {
  int32_t level;
  int32_t lanes;
  const char *name;

  void (*product)(const mgs_product *);
  /// Lays B out in panels for repeated products; `out` holds packedCount(n, k) floats.
  void (*pack)(ptrdiff_t n, ptrdiff_t k, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn, int32_t bf16, float *out);
  ptrdiff_t (*packedCount)(ptrdiff_t n, ptrdiff_t k);

  void (*attentionForward)(const mgs_attention *);
  void (*attentionBackward)(const mgs_attention *);

  /// y = x · rstd · (offset + w) with rstd = 1/sqrt(mean(x²) + epsilon), row by row.
  void (*rmsNormForward)(ptrdiff_t rows, ptrdiff_t columns, const float *x, const float *w, float offset, float epsilon, float *y, float *rstd);
  /// dX += ..., dW += ... of rmsNormForward.
  void (*rmsNormBackward)(ptrdiff_t rows, ptrdiff_t columns, const float *dy, const float *x, const float *w, float offset, const float *rstd, float *dx, float *dw);
  /// Rotates each head of x in place (rotate-half); direction -1 is the transpose.
  void (*rotate)(ptrdiff_t sequences, ptrdiff_t length, ptrdiff_t heads, ptrdiff_t headWidth, float *x, ptrdiff_t xRow, const float *cosines, const float *sines, float direction);
  /// out = act(gate) · up, where one row of gateUp is gate | up; act is one of MGS_SILU, ...
  void (*gatedForward)(ptrdiff_t rows, ptrdiff_t width, const float *gateUp, float *out, int32_t act);
  /// gateUpGradient may be gateUp itself.
  void (*gatedBackward)(ptrdiff_t rows, ptrdiff_t width, const float *gateUp, const float *dOut, float *gateUpGradient, int32_t act);
  /// Sum over rows of -log softmax(cap(logits))[target]; with gradientScale ≠ 0 the logits become their gradient times that scale.
  double (*crossEntropy)(ptrdiff_t rows, ptrdiff_t columns, float *logits, ptrdiff_t logitsRow, const int32_t *targets, float softcap, float gradientScale);

  /// out = in rows of table, times scale.
  void (*gather)(ptrdiff_t rows, ptrdiff_t columns, const float *table, const int32_t *indices, float scale, float *out);
  /// table rows += scale · rows of x.
  void (*scatterAdd)(ptrdiff_t rows, ptrdiff_t columns, const float *x, const int32_t *indices, float scale, float *table);
  void (*add)(ptrdiff_t count, const float *x, float *y);  // y += x
  void (*exponential)(ptrdiff_t count, const float *x, float *y);
  void (*hyperbolicTangent)(ptrdiff_t count, const float *x, float *y);
  /// y = x rounded to bfloat16, to nearest and ties to even; what is not a number stays so.
  void (*roundToBF16)(ptrdiff_t count, const float *x, float *y);

  /// result = { a·b, |a|², |b|² }, in a fixed order.
  void (*tripleReduction)(ptrdiff_t count, const float *a, const float *b, double *result);
  /// Runs `rounds` rounds of register-only fused multiply-adds; returns their floating-point operations.
  double (*peak)(int64_t rounds);
  const mgs_passes *passes;
} mgs_kernels;

/// Makes this thread, and those it starts, treat numbers below the normal range as zero: processors
/// are many times slower on them, and an arm whose softmax has saturated makes millions.
void mgs_flush_subnormals(void);

/// The best level this processor runs: 0 portable, 1 AVX2 + FMA, 2 AVX-512.
int32_t mgs_best_level(void);
/// The table of a level; one the processor cannot run answers with the best one it can.
const mgs_kernels *mgs_kernels_at(int32_t level);
/// Queries that attention treats at once.
#define MGS_QUERIES 32
/// Floats of scratch that attention needs for one shard.
ptrdiff_t mgs_attention_scratch(ptrdiff_t length, ptrdiff_t headWidth);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

// Vectors of MGS_LANES floats, and the elementary functions on them.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES MGS_LANES
#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((ext_vector_type(LANES)));
typedef double vd __attribute__((ext_vector_type(LANES)));
typedef int32_t vi __attribute__((ext_vector_type(LANES)));
typedef float vf_unaligned __attribute__((ext_vector_type(LANES), aligned(4)));

INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
INLINE void store(float *p, vf v) { *(vf_unaligned *)p = v; }
INLINE vf splat(float x) { return (vf)x; }

// The first `count` (0..LANES) floats, the other lanes zero.
INLINE vf load_partial(const float *p, ptrdiff_t count) {
#if LANES == 16
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
  vf v = 0;
  for (ptrdiff_t i = 0; i < LANES; i++) if (i < count) v[i] = p[i];
  return v;
#endif
}

INLINE void store_partial(float *p, vf v, ptrdiff_t count) {
#if LANES == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#else
  for (ptrdiff_t i = 0; i < LANES; i++) if (i < count) p[i] = v[i];
#endif
}

INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

// Loads and stores that take the short path only at the end of a row.
INLINE vf load_upto(const float *p, ptrdiff_t left) {
  return left >= LANES ? load(p) : load_partial(p, left);
}
INLINE void store_upto(float *p, vf v, ptrdiff_t left) {
  if (left >= LANES) store(p, v); else store_partial(p, v, left);
}

// Pairwise from the halves down: one fixed order per level.
INLINE float sum(vf v) {
#if LANES == 16
  float __attribute__((ext_vector_type(8))) h = v.lo + v.hi;
  float __attribute__((ext_vector_type(4))) q = h.lo + h.hi;
#elif LANES == 8
  float __attribute__((ext_vector_type(4))) q = v.lo + v.hi;
#else
  vf q = v;
#endif
  return (q.x + q.z) + (q.y + q.w);
}

// 0, 1, 2, ... one a lane.
INLINE vi lane_numbers(void) {
  static const int32_t numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  vi v;
  memcpy(&v, numbers, sizeof v);
  return v;
}

INLINE vf greater_of(vf a, vf b) { return a > b ? a : b; }

INLINE float largest(vf v) {
#if LANES == 16
  float __attribute__((ext_vector_type(8))) h = v.lo > v.hi ? v.lo : v.hi;
  float __attribute__((ext_vector_type(4))) q = h.lo > h.hi ? h.lo : h.hi;
#elif LANES == 8
  float __attribute__((ext_vector_type(4))) q = v.lo > v.hi ? v.lo : v.hi;
#else
  vf q = v;
#endif
  float a = q.x > q.z ? q.x : q.z, b = q.y > q.w ? q.y : q.w;
  return a > b ? a : b;
}

// exp by reduction to |r| <= ln2/2 and a polynomial of degree 6 (relative error below 2e-7);
// saturates outside [-87, 88.3]; the comparisons let NaN through.
INLINE vf exponential(vf x) {
  x = x < -87.0f ? (vf)-87.0f : x;
  x = x > 88.3f ? (vf)88.3f : x;
  vf shifted = x * 1.44269504f + 12582912.0f;  // 1.5·2^23: the integer part lands in the low bits
  vf n = shifted - 12582912.0f;
  vf r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  vf q = r * 1.3950602e-3f + 8.368954e-3f;
  q = q * r + 4.1666206e-2f;
  q = q * r + 0.16666518f;
  q = q * r + 0.5f;
  vf p = (q * r) * r + r + 1.0f;
  return (vf)((vi)p + ((vi)shifted << 23));
}

INLINE vf sigmoid(vf x) { return 1.0f / (1.0f + exponential(-x)); }

// Odd polynomial near zero, 1 - 2/(exp(2x) + 1) beyond.
INLINE vf hyperbolic_tangent(vf x) {
  vf t = x * x;
  vf q = t * -5.7170438e-3f + 2.0650586e-2f;
  q = q * t - 5.3743497e-2f;
  q = q * t + 0.13331491f;
  q = q * t - 0.33333284f;
  vf near = x + x * t * q;
  vf far = 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f);
  return t < 0.390625f ? near : far;
}

#pragma once
// Passes over a stretch of one parameter block: what the optimizers' inner loops are made of.
//
// Every vector has `count` floats; a vector of no floats may be null. Sums are taken in a fixed
// order of lanes: in double throughout where a displacement is measured, else in single precision inside
// runs of 2048 floats and in double between them.
#include <stddef.h>
#include <stdint.h>

/// A gradient with coupled weight decay: g + decay·p. With decay 0, p is not read.
typedef struct {
  const float *g;
  const float *p;
  float decay;
} mgs_gradient;

/// How a displacement enters the parameters, where nothing is dropped: p ← keep·p − factor·delta.
typedef struct {
  float keep;
  float factor;
  /// Share of p that is part of what was asked for, before it is rounded into `keep`.
  float lost;
  /// Decay that a dropped element is spared.
  float spared;
} mgs_write;

typedef struct {
  /// x ← kept·x + fresh·G
  void (*accumulate)(ptrdiff_t count, float kept, float fresh, mgs_gradient, float *x);
  /// x ← x + fresh·(G − x)
  void (*approach)(ptrdiff_t count, float fresh, mgs_gradient, float *x);
  /// x ← kept·x + fresh·G²
  void (*accumulateSquares)(ptrdiff_t count, float kept, float fresh, mgs_gradient, float *x);
  /// m ← m + fresh1·(G − m), v ← kept2·v + fresh2·G²
  void (*absorbMoments)(ptrdiff_t count, float fresh1, float kept2, float fresh2, mgs_gradient, float *m, float *v);
  /// y = rate · m / (√v·root + epsilon)
  void (*divideByRoots)(ptrdiff_t count, float rate, float root, float epsilon, const float *m, const float *v, float *y);
  /// y ← kept·y + rate·G/(√(v − mean²) + epsilon); mean null: v alone; kept 0: y is not read.
  void (*normalize)(ptrdiff_t count, float kept, float rate, float epsilon, mgs_gradient, const float *v, const float *mean, float *y);
  /// m ← kept·m + fresh·g·root/(√v + epsilon), 0 where that divisor is 0.
  void (*absorbNormalized)(ptrdiff_t count, float kept, float fresh, float root, float epsilon, const float *g, const float *v, float *m);
  /// signs = sign(m + look·(g − m)), then m ← m + fresh·(g − m)
  void (*absorbSigns)(ptrdiff_t count, float look, float fresh, const float *g, float *m, float *signs);

  /// y = a·x
  void (*scale)(ptrdiff_t count, float a, const float *x, float *y);
  /// y = a·G + b·x; x null: y = a·G
  void (*blend)(ptrdiff_t count, float a, mgs_gradient, float b, const float *x, float *y);
  /// kept = [x·g > 0]
  void (*agreement)(ptrdiff_t count, const float *x, const float *g, float *kept);

  /// p ← keep·p − factor·delta; returns ‖factor·delta + lost·p‖², summed in double before rounding.
  double (*write)(ptrdiff_t count, mgs_write, const float *delta, float *p);
  /// p ← (keep + (1 − kept)·spared)·p − kept·factor·delta; returns ‖kept·(factor·delta + lost·p)‖².
  double (*writeKept)(ptrdiff_t count, mgs_write, const float *kept, const float *delta, float *p);
  /// p ← keep·p
  void (*shrink)(ptrdiff_t count, float keep, float *p);
  /// p ← p − share·[delta·p ≥ 0]·p
  void (*shrinkAgreeing)(ptrdiff_t count, float share, const float *delta, float *p);
  /// y = kept·(factor·x)
  void (*gate)(ptrdiff_t count, float factor, const float *kept, const float *x, float *y);
  double (*squaredNorm)(ptrdiff_t count, const float *x);

  /// kept[4·q + lane] = word `lane` of Philox 4x32-10 at counter (q, place) < threshold
  void (*tossElements)(ptrdiff_t count, uint32_t key0, uint32_t key1, uint64_t place, uint64_t threshold, float *kept);
} mgs_passes;

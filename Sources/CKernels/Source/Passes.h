// The optimizers' passes. Plain loops where lanes are independent: the compiler vectorizes them for
// the level and contracts body and remainder alike, so a result does not depend on where a stretch
// begins. Reductions spell their lanes out.

// Runs `BODY` with the gradient in `gradient`, without reading p where nothing decays.
#define EACH_GRADIENT(BODY)                               \
  if (from.decay == 0) {                                  \
    for (ptrdiff_t i = 0; i < count; i++) {               \
      const float gradient = g[i];                        \
      BODY                                                \
    }                                                     \
  } else {                                                \
    for (ptrdiff_t i = 0; i < count; i++) {               \
      const float gradient = g[i] + from.decay * p[i];    \
      BODY                                                \
    }                                                     \
  }
#define GRADIENT const float *restrict g = from.g, *restrict p = from.p

static void pass_accumulate(ptrdiff_t count, float kept, float fresh, mgs_gradient from, float *restrict x) {
  GRADIENT;
  EACH_GRADIENT(x[i] = kept * x[i] + fresh * gradient;)
}

static void pass_approach(ptrdiff_t count, float fresh, mgs_gradient from, float *restrict x) {
  GRADIENT;
  EACH_GRADIENT(x[i] += fresh * (gradient - x[i]);)
}

static void pass_accumulate_squares(ptrdiff_t count, float kept, float fresh, mgs_gradient from, float *restrict x) {
  GRADIENT;
  EACH_GRADIENT(x[i] = kept * x[i] + fresh * gradient * gradient;)
}

static void pass_absorb_moments(ptrdiff_t count, float fresh1, float kept2, float fresh2, mgs_gradient from, float *restrict m, float *restrict v) {
  GRADIENT;
  EACH_GRADIENT(m[i] += fresh1 * (gradient - m[i]);
                v[i] = kept2 * v[i] + fresh2 * gradient * gradient;)
}

static void pass_divide_by_roots(ptrdiff_t count, float rate, float root, float epsilon, const float *restrict m, const float *restrict v, float *restrict y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = rate * (m[i] / (sqrtf(v[i]) * root + epsilon));
}

INLINE void normalize_as(ptrdiff_t count, float kept, float rate, float epsilon, mgs_gradient from, const float *restrict v, const float *restrict mean, float *restrict y, const int centers, const int keeps) {
  GRADIENT;
  EACH_GRADIENT(const float square = centers ? v[i] - mean[i] * mean[i] : v[i];
                const float step = rate * (gradient / (sqrtf(square) + epsilon));
                y[i] = keeps ? kept * y[i] + step : step;)
}

static void pass_normalize(ptrdiff_t count, float kept, float rate, float epsilon, mgs_gradient from, const float *v, const float *mean, float *y) {
  if (mean && kept != 0) normalize_as(count, kept, rate, epsilon, from, v, mean, y, 1, 1);
  else if (mean) normalize_as(count, kept, rate, epsilon, from, v, mean, y, 1, 0);
  else if (kept != 0) normalize_as(count, kept, rate, epsilon, from, v, mean, y, 0, 1);
  else normalize_as(count, kept, rate, epsilon, from, v, mean, y, 0, 0);
}

static void pass_absorb_normalized(ptrdiff_t count, float kept, float fresh, float root, float epsilon, const float *restrict g, const float *restrict v, float *restrict m) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float size = sqrtf(v[i]) + epsilon;
    const float quotient = g[i] * root / size;
    m[i] = kept * m[i] + fresh * (size > 0 ? quotient : 0.0f);
  }
}

static void pass_absorb_signs(ptrdiff_t count, float look, float fresh, const float *restrict g, float *restrict m, float *restrict signs) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float change = g[i] - m[i];
    const float ahead = m[i] + look * change;
    signs[i] = (ahead > 0 ? 1.0f : 0.0f) - (ahead < 0 ? 1.0f : 0.0f);
    m[i] += fresh * change;
  }
}

// x and y may be the same vector, so the lanes are spelled out here too.
static void pass_scale(ptrdiff_t count, float a, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i += LANES) store_upto(y + i, a * load_upto(x + i, count - i), count - i);
}

static void pass_blend(ptrdiff_t count, float a, mgs_gradient from, float b, const float *restrict x, float *restrict y) {
  GRADIENT;
  if (x) {
    EACH_GRADIENT(y[i] = a * gradient + b * x[i];)
  } else {
    EACH_GRADIENT(y[i] = a * gradient;)
  }
}

static void pass_agreement(ptrdiff_t count, const float *restrict x, const float *restrict g, float *restrict kept) {
  for (ptrdiff_t i = 0; i < count; i++) kept[i] = x[i] * g[i] > 0 ? 1.0f : 0.0f;
}

// Sums the squares of `VALUE` (a vector at i with `left` floats to go), single inside a chunk.
#define SUM_OF_SQUARES(VALUE)                                          \
  double total = 0;                                                    \
  for (ptrdiff_t start = 0; start < count; start += CHUNK) {           \
    const ptrdiff_t end = least(start + CHUNK, count);                 \
    vf squares = 0.0f;                                                 \
    for (ptrdiff_t i = start; i < end; i += LANES) {                   \
      const ptrdiff_t left = end - i;                                  \
      VALUE                                                            \
      squares += value * value;                                        \
    }                                                                  \
    total += (double)sum(squares);                                     \
  }                                                                    \
  return total

// The same all in double, for values whose squares may fall under the single range.
#define SUM_OF_SQUARES_IN_DOUBLE(VALUE)                                \
  vd squares = 0.0;                                                    \
  for (ptrdiff_t i = 0; i < count; i += LANES) {                       \
    const ptrdiff_t left = count - i;                                  \
    VALUE                                                              \
    const vd wide = __builtin_convertvector(value, vd);                \
    squares += wide * wide;                                            \
  }                                                                    \
  double total = 0;                                                    \
  for (int lane = 0; lane < LANES; lane++) total += squares[lane];     \
  return total

// What is written is rounded into p; what is summed is what was asked for.
static double pass_write(ptrdiff_t count, mgs_write rule, const float *delta, float *p) {
  const vf keep = splat(rule.keep), factor = splat(rule.factor), lost = splat(rule.lost);
  SUM_OF_SQUARES_IN_DOUBLE(vf old = load_upto(p + i, left);
                           vf step = load_upto(delta + i, left);
                           vf new = keep * old - factor * step;
                           store_upto(p + i, new, left);
                           vf value = factor * step + lost * old;);
}

static double pass_write_kept(ptrdiff_t count, mgs_write rule, const float *kept, const float *delta, float *p) {
  const float keep = rule.keep, spared = rule.spared, factor = rule.factor;
  const vf lost = splat(rule.lost);
  SUM_OF_SQUARES_IN_DOUBLE(vf old = load_upto(p + i, left);
                           vf step = load_upto(delta + i, left);
                           vf mask = load_upto(kept + i, left);
                           vf new = (keep + (1 - mask) * spared) * old - mask * factor * step;
                           store_upto(p + i, new, left);
                           vf value = mask * (factor * step + lost * old););
}

static void pass_shrink(ptrdiff_t count, float keep, float *restrict p) {
  for (ptrdiff_t i = 0; i < count; i++) p[i] = keep * p[i];
}

static void pass_shrink_agreeing(ptrdiff_t count, float share, const float *restrict delta, float *restrict p) {
  for (ptrdiff_t i = 0; i < count; i++) p[i] -= delta[i] * p[i] >= 0 ? share * p[i] : 0.0f;
}

// x and y may be the same vector.
static void pass_gate(ptrdiff_t count, float factor, const float *kept, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const ptrdiff_t left = count - i;
    vf value = load_upto(kept + i, left) * (factor * load_upto(x + i, left));
    store_upto(y + i, value, left);
  }
}

static double pass_squared_norm(ptrdiff_t count, const float *x) {
  SUM_OF_SQUARES(vf value = load_upto(x + i, left););
}

// Philox 4x32-10 (Salmon et al., 2011), one counter per quad; vectorized across quads.
INLINE void philox(uint32_t c[4], uint32_t key0, uint32_t key1) {
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    const uint64_t a = (uint64_t)0xD2511F53u * c[0], b = (uint64_t)0xCD9E8D57u * c[2];
    const uint32_t first = (uint32_t)(b >> 32) ^ c[1] ^ key0;
    const uint32_t third = (uint32_t)(a >> 32) ^ c[3] ^ key1;
    c[0] = first, c[1] = (uint32_t)b, c[2] = third, c[3] = (uint32_t)a;
    key0 += 0x9E3779B9u, key1 += 0xBB67AE85u;
  }
}

static void pass_toss_elements(ptrdiff_t count, uint32_t key0, uint32_t key1, uint64_t place, uint64_t threshold, float *restrict kept) {
  const uint32_t high = (uint32_t)place, highest = (uint32_t)(place >> 32);
  const uint32_t last = (uint32_t)(threshold - 1);  // the largest word that keeps
  const float one = threshold > 0 ? 1.0f : 0.0f;
  const ptrdiff_t quads = count / 4;
  for (ptrdiff_t q = 0; q < quads; q++) {
    uint32_t c[4] = {(uint32_t)q, 0, high, highest};
    philox(c, key0, key1);
    kept[4 * q] = c[0] <= last ? one : 0.0f;
    kept[4 * q + 1] = c[1] <= last ? one : 0.0f;
    kept[4 * q + 2] = c[2] <= last ? one : 0.0f;
    kept[4 * q + 3] = c[3] <= last ? one : 0.0f;
  }
  uint32_t c[4] = {(uint32_t)quads, 0, high, highest};
  philox(c, key0, key1);
  for (ptrdiff_t i = 4 * quads; i < count; i++) kept[i] = c[i - 4 * quads] <= last ? one : 0.0f;
}

static const mgs_passes passes = {
  .accumulate = pass_accumulate,
  .approach = pass_approach,
  .accumulateSquares = pass_accumulate_squares,
  .absorbMoments = pass_absorb_moments,
  .divideByRoots = pass_divide_by_roots,
  .normalize = pass_normalize,
  .absorbNormalized = pass_absorb_normalized,
  .absorbSigns = pass_absorb_signs,
  .scale = pass_scale,
  .blend = pass_blend,
  .agreement = pass_agreement,
  .write = pass_write,
  .writeKept = pass_write_kept,
  .shrink = pass_shrink,
  .shrinkAgreeing = pass_shrink_agreeing,
  .gate = pass_gate,
  .squaredNorm = pass_squared_norm,
  .tossElements = pass_toss_elements,
};

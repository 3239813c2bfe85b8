// Passes over a block of parameters that fuse an optimizer's arithmetic with its reductions.
#define CHUNK 2048  // floats summed in single precision before they join the double

static void triple_reduction(ptrdiff_t count, const float *a, const float *b, double *result) {
  result[0] = result[1] = result[2] = 0;
  for (ptrdiff_t start = 0; start < count; start += CHUNK) {
    const ptrdiff_t end = least(start + CHUNK, count);
    vf dots = 0.0f, aSquares = 0.0f, bSquares = 0.0f;
    for (ptrdiff_t i = start; i < end; i += LANES) {
      vf x = load_upto(a + i, end - i), y = load_upto(b + i, end - i);
      dots += x * y;
      aSquares += x * x;
      bSquares += y * y;
    }
    result[0] += (double)sum(dots);
    result[1] += (double)sum(aSquares);
    result[2] += (double)sum(bSquares);
  }
}

static void momentum_reduction(ptrdiff_t count, float decay, float oneMinusDecay, const float *g, float *m, double *result) {
  result[0] = result[1] = result[2] = 0;
  for (ptrdiff_t start = 0; start < count; start += CHUNK) {
    const ptrdiff_t end = least(start + CHUNK, count);
    vf dots = 0.0f, mSquares = 0.0f, gSquares = 0.0f;
    for (ptrdiff_t i = start; i < end; i += LANES) {
      vf gradient = load_upto(g + i, end - i);
      vf moment = decay * load_upto(m + i, end - i) + oneMinusDecay * gradient;
      store_upto(m + i, moment, end - i);
      dots += moment * gradient;
      mSquares += moment * moment;
      gSquares += gradient * gradient;
    }
    result[0] += (double)sum(dots);
    result[1] += (double)sum(mSquares);
    result[2] += (double)sum(gSquares);
  }
}

INLINE void adam_as(ptrdiff_t count, const mgs_adam *o, const float *g, float *m, float *v, float *parameters, float scale, const int updateFirst, const int write) {
  const float step = o->stepSize * scale;
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const ptrdiff_t left = count - i;
    vf parameter = load_upto(parameters + i, left);
    vf gradient = load_upto(g + i, left) + o->coupledDecay * parameter;
    vf first = load_upto(m + i, left);
    if (updateFirst) {
      first = o->beta1 * first + o->oneMinusBeta1 * gradient;
      store_upto(m + i, first, left);
    }
    vf second = o->beta2 * load_upto(v + i, left) + (o->oneMinusBeta2 * gradient) * gradient;
    store_upto(v + i, second, left);
    if (!write) continue;
    vf divisor = __builtin_elementwise_sqrt(second) * o->inverseRootCorrection + o->epsilon;
    store_upto(parameters + i, parameter * o->parameterFactor - step * (first / divisor), left);
  }
}

static void adam(ptrdiff_t count, const mgs_adam *o, const float *g, float *m, float *v, float *parameters, float scale, int32_t updateFirst, int32_t write) {
  if (updateFirst && write) adam_as(count, o, g, m, v, parameters, scale, 1, 1);
  else if (updateFirst) adam_as(count, o, g, m, v, parameters, scale, 1, 0);
  else if (write) adam_as(count, o, g, m, v, parameters, scale, 0, 1);
  else adam_as(count, o, g, m, v, parameters, scale, 0, 0);
}

// Twelve independent chains hide the latency of two multiply-add ports; no memory is touched.
static double peak(int64_t rounds) {
  vf chains[12];
  for (int i = 0; i < 12; i++) chains[i] = (float)i;
  vf factor = 0.9999f, addend = 0.0001f;
  __asm__ volatile("" : MGS_REGISTER(factor), MGS_REGISTER(addend));
  for (int64_t n = 0; n < rounds; n++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) chains[i] = chains[i] * factor + addend;
  float rest = 0;
  for (int i = 0; i < 12; i++) rest += sum(chains[i]);
  volatile float kept = rest;
  (void)kept;
  return (double)rounds * 12 * LANES * 2;
}

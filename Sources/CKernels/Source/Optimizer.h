// Reductions over a block, and the loop that measures the peak.
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

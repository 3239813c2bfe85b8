// Rounding to bfloat16, kept in float32: what products multiply when they are asked for bf16.
typedef uint32_t vu __attribute__((ext_vector_type(LANES)));

// To nearest, ties to even: the upper half of the bits, plus one where the lower half says so. The
// largest numbers become infinite; what is not a number keeps its sign and becomes quiet.
INLINE vf bf16_of(vf x) {
  const vu bits = (vu)x, upper = 0xffff0000u;
  const vu nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) & upper;
  const vu quiet = (bits | 0x00400000u) & upper;
  return x == x ? (vf)nearest : (vf)quiet;
}

static void round_to_bf16(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i += LANES)
    store_upto(y + i, bf16_of(load_upto(x + i, count - i)), count - i);
}

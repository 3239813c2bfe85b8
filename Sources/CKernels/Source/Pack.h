// Panels of B: PANEL columns wide, all k rows of a panel contiguous, short panels padded by zeros.
#define PANEL (2 * LANES)

#if LANES == 16
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LANES == 8
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

// log2(LANES) perfect shuffles of the rows transpose a square.
INLINE void transpose(vf *rows) {
  vf other[LANES];
#pragma clang loop unroll(full)
  for (int stage = 1; stage < LANES; stage *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; i++) {
      other[2 * i] = ZIP_LOW(rows[i], rows[i + LANES / 2]);
      other[2 * i + 1] = ZIP_HIGH(rows[i], rows[i + LANES / 2]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) rows[i] = other[i];
  }
}

// out[k][PANEL] = source[column][k] for `columns` columns, `stride` between columns.
static void pack_transposed(ptrdiff_t columns, ptrdiff_t k, const float *source, ptrdiff_t stride, float *out) {
  for (ptrdiff_t c = 0; c < PANEL; c += LANES) {
    for (ptrdiff_t i = 0; i < k; i += LANES) {
      vf rows[LANES];
      ptrdiff_t depth = least(LANES, k - i);
      if (depth == LANES && c + LANES <= columns) {
#pragma clang loop unroll(full)
        for (int r = 0; r < LANES; r++) rows[r] = load(source + (c + r) * stride + i);
      } else {
        for (int r = 0; r < LANES; r++)
          rows[r] = c + r < columns ? load_partial(source + (c + r) * stride + i, depth) : (vf)0.0f;
      }
      transpose(rows);
      if (depth == LANES) {
#pragma clang loop unroll(full)
        for (int r = 0; r < LANES; r++) store(out + (i + r) * PANEL + c, rows[r]);
      } else {
        for (int r = 0; r < depth; r++) store(out + (i + r) * PANEL + c, rows[r]);
      }
    }
  }
}

// out[k][PANEL] = source[k][column], the columns being contiguous.
static void pack_straight(ptrdiff_t columns, ptrdiff_t k, const float *source, ptrdiff_t stride, float *out) {
  for (ptrdiff_t i = 0; i < k; i++)
#pragma clang loop unroll(full)
    for (ptrdiff_t c = 0; c < PANEL; c += LANES) {
      ptrdiff_t left = columns - c;
      store(out + i * PANEL + c, left <= 0 ? (vf)0.0f : load_upto(source + i * stride + c, left));
    }
}

static void pack_panel(ptrdiff_t columns, ptrdiff_t k, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn, float *out) {
  if (bColumn == 1) pack_straight(columns, k, b, bRow, out);
  else pack_transposed(columns, k, b, bColumn, out);
}

static ptrdiff_t packed_count(ptrdiff_t n, ptrdiff_t k) { return (n + PANEL - 1) / PANEL * PANEL * k; }

static void pack(ptrdiff_t n, ptrdiff_t k, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn, int32_t bf16, float *out) {
  for (ptrdiff_t c = 0; c < n; c += PANEL) {
    float *panel = out + c * k;
    pack_panel(least(PANEL, n - c), k, b + c * bColumn, bRow, bColumn, panel);
    if (bf16) round_to_bf16(PANEL * k, panel, panel);
  }
}

// Matrix products: register tiles of up to MGS_ROWS x 2 vectors over panels of B.
#define DEPTH 256  // k rows of a panel held in the first-level cache

#define BLOCK_ROWS (16 * MGS_ROWS)  // rows of a transposed or rounded A copied at a time

typedef struct {
  ptrdiff_t k;
  const float *a;
  ptrdiff_t aStride;
  const float *b;
  ptrdiff_t bStride;
  float *c;
  ptrdiff_t cStride;
  ptrdiff_t columns;
  int accumulate;
} tile_arguments;

// acc[r][v] += a(r, k) · b(k, v). `along`: A's rows are contiguous (A is stored transposed).
INLINE void tile(const tile_arguments *t, const int rows, const int vectors, const int along) {
  vf acc[MGS_ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) acc[r][v] = 0.0f;
  const float *a = t->a, *b = t->b;
  const ptrdiff_t aStride = t->aStride, bStride = t->bStride;
  for (ptrdiff_t k = t->k; k > 0; k--) {
    vf right[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) right[v] = load(b + v * LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      vf left = splat(along ? a[r] : a[r * aStride]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) acc[r][v] += left * right[v];
    }
    a += along ? aStride : 1;
    b += bStride;
  }
  float *c = t->c;
  if (t->columns == vectors * LANES) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++, c += t->cStride)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        store(c + v * LANES, t->accumulate ? load(c + v * LANES) + acc[r][v] : acc[r][v]);
  } else {
    const ptrdiff_t last = t->columns - (vectors - 1) * LANES;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++, c += t->cStride) {
      float *end = c + (vectors - 1) * LANES;
      if (vectors == 2) store(c, t->accumulate ? load(c) + acc[r][0] : acc[r][0]);
      vf rest = acc[r][vectors - 1];
      store_partial(end, t->accumulate ? load_partial(end, last) + rest : rest, last);
    }
  }
}

#define TILE(R) \
  static void tile_##R##_1_0(const tile_arguments *t) { tile(t, R, 1, 0); } \
  static void tile_##R##_1_1(const tile_arguments *t) { tile(t, R, 1, 1); } \
  static void tile_##R##_2_0(const tile_arguments *t) { tile(t, R, 2, 0); } \
  static void tile_##R##_2_1(const tile_arguments *t) { tile(t, R, 2, 1); }
#define ENTRY(R) {{tile_##R##_1_0, tile_##R##_1_1}, {tile_##R##_2_0, tile_##R##_2_1}}

TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if MGS_ROWS > 6
TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif
#if MGS_ROWS > 12
TILE(13) TILE(14)
#endif

static void (*const tiles[MGS_ROWS][2][2])(const tile_arguments *) = {
  ENTRY(1), ENTRY(2), ENTRY(3), ENTRY(4), ENTRY(5), ENTRY(6),
#if MGS_ROWS > 6
  ENTRY(7), ENTRY(8), ENTRY(9), ENTRY(10), ENTRY(11), ENTRY(12),
#endif
#if MGS_ROWS > 12
  ENTRY(13), ENTRY(14),
#endif
};

// Rows start..<start+m of C at the depths k0..<k0+k, in row tiles of balanced height.
typedef struct {
  ptrdiff_t start, m, k0, k;
  const float *packed;   // the tiles of A one after another, or null: A where it is
} row_block;

// A's rows are contiguous: A is stored transposed.
static int is_along(const mgs_product *p) { return p->aRow == 1 && p->aColumn != 1; }

static ptrdiff_t tile_count(ptrdiff_t m) { return (m + MGS_ROWS - 1) / MGS_ROWS; }
static ptrdiff_t tile_rows(ptrdiff_t m, ptrdiff_t tile) {
  const ptrdiff_t count = tile_count(m);
  return m / count + (tile < m % count);
}

// Copies columns of a transposed A so that the steps of k, far apart in memory, follow one another.
static void pack_left(const mgs_product *p, const row_block *block, float *out) {
  const float *source = p->a + block->start + block->k0 * p->aColumn;
  for (ptrdiff_t i = 0; i < tile_count(block->m); i++) {
    const ptrdiff_t rows = tile_rows(block->m, i);
    const float *a = source;
    for (ptrdiff_t k = 0; k < block->k; k++, a += p->aColumn, out += rows)
      for (ptrdiff_t r = 0; r < rows; r += LANES) store(out + r, load_upto(a + r, rows - r));
    source += rows;
  }
}

// Copies the block of A rounded, transposed or not as it lies.
static void round_left(const mgs_product *p, const row_block *block, float *out) {
  if (is_along(p)) {
    pack_left(p, block, out);
    return round_to_bf16(block->m * block->k, out, out);
  }
  const float *a = p->a + block->start * p->aRow + block->k0;
  for (ptrdiff_t r = 0; r < block->m; r++) round_to_bf16(block->k, a + r * p->aRow, out + r * block->k);
}

static void product_panel(const mgs_product *p, tile_arguments t, const row_block *block) {
  const int along = is_along(p), vectors = t.columns > LANES;
  t.aStride = along ? p->aColumn : p->aRow;
  t.a = block->packed ? block->packed : p->a + block->start * p->aRow + block->k0 * p->aColumn;
  t.c += block->start * p->cRow;
  for (ptrdiff_t i = 0; i < tile_count(block->m); i++) {
    const ptrdiff_t rows = tile_rows(block->m, i);
    if (block->packed) t.aStride = along ? rows : block->k;
    tiles[rows - 1][vectors][along](&t);
    t.a += block->packed ? rows * block->k : rows * p->aRow;
    t.c += rows * p->cRow;
  }
}

static void clear(const mgs_product *p) {
  for (ptrdiff_t i = 0; i < p->m; i++) memset(p->c + i * p->cRow, 0, (size_t)p->n * sizeof(float));
}

// One panel of B after another, packed where its rows lie far apart or are to be rounded, against one
// block of rows.
static void product_block(const mgs_product *p, const row_block *block, float *panel) {
  const ptrdiff_t k0 = block->k0;
  const int mustPack = p->bf16 || (block->m >= 4 * MGS_ROWS && p->bRow >= 8 * LANES);
  for (ptrdiff_t n0 = 0; n0 < p->n; n0 += PANEL) {
    tile_arguments t = {.k = block->k, .columns = least(PANEL, p->n - n0), .c = p->c + n0,
                        .cStride = p->cRow, .accumulate = p->accumulate || k0 > 0};
    const int whole = t.columns == PANEL || t.columns == LANES;
    if (p->packed) {
      t.b = p->b + n0 * p->k + k0 * PANEL;
      t.bStride = PANEL;
    } else if (p->bColumn == 1 && whole && !mustPack) {
      t.b = p->b + k0 * p->bRow + n0;
      t.bStride = p->bRow;
    } else {
      pack_panel(t.columns, block->k, p->b + k0 * p->bRow + n0 * p->bColumn, p->bRow, p->bColumn, panel);
      if (p->bf16) round_to_bf16(PANEL * block->k, panel, panel);
      t.b = panel;
      t.bStride = PANEL;
    }
    product_panel(p, t, block);
  }
}

static void product(const mgs_product *p) {
  float panel[DEPTH * PANEL] __attribute__((aligned(64)));
  float left[DEPTH * BLOCK_ROWS + LANES] __attribute__((aligned(64)));
  if (p->m <= 0 || p->n <= 0) return;
  if (p->k <= 0) { if (!p->accumulate) clear(p); return; }
  const int packsLeft = p->aRow == 1 && p->aColumn >= 8 * LANES && p->n > 2 * PANEL;
  const ptrdiff_t step = packsLeft || p->bf16 ? BLOCK_ROWS : p->m;
  for (ptrdiff_t k0 = 0; k0 < p->k; k0 += DEPTH)
    for (ptrdiff_t start = 0; start < p->m; start += step) {
      row_block block = {.start = start, .m = least(step, p->m - start), .k0 = k0, .k = least(DEPTH, p->k - k0)};
      if (p->bf16) round_left(p, &block, left);
      else if (packsLeft) pack_left(p, &block, left);
      block.packed = packsLeft || p->bf16 ? left : NULL;
      product_block(p, &block, panel);
    }
}

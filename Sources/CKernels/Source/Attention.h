// Causal attention, one head and QUERIES queries at a time against the keys up to them.
//
// Scores lie transposed, a key to a row and a query to a lane, so that a query's maximum, sum and dot
// are sums of vectors. Forward keeps each query's largest score and inverse sum; backward takes the
// probabilities again. A block's square on the diagonal is computed whole and masked. In bf16 forward's
// product with the values takes exp(score - largest), divided by its sum afterwards; backward's takes P.
#define QUERIES MGS_QUERIES
#define GROUPS (QUERIES / LANES)

typedef struct {
  const float *q, *k, *v;
  float *scores, *gradients, *slopes;  // [length, QUERIES] each
  float *queries, *outGradients;       // packed for products with keys and values
} head;

// Where in a row the keys of query head `index` begin.
static ptrdiff_t key_column(const mgs_attention *t, ptrdiff_t index) {
  return (t->heads + index / (t->heads / t->keyHeads)) * t->headWidth;
}

static head head_of(const mgs_attention *t, ptrdiff_t sequence, ptrdiff_t index) {
  const ptrdiff_t area = t->length * QUERIES;
  const float *row = t->qkv + sequence * t->length * t->qkvRow;
  head h;
  h.q = row + index * t->headWidth;
  h.k = row + key_column(t, index);
  h.v = h.k + t->keyHeads * t->headWidth;
  h.scores = t->scratch;
  h.gradients = h.scores + area;
  h.slopes = h.gradients + area;
  h.queries = h.slopes + area;
  h.outGradients = h.queries + (t->length + QUERIES) * t->headWidth;
  return h;
}

static float *normalizers_of(const mgs_attention *t, ptrdiff_t sequence, ptrdiff_t index) {
  return t->normalizers + (sequence * t->heads + index) * 2 * t->length;
}

// The rows of one head as columns of panels, zeros up to a multiple of QUERIES.
static void pack_columns(const mgs_attention *t, const float *x, ptrdiff_t xRow, float *out) {
  const ptrdiff_t whole = (t->length + QUERIES - 1) / QUERIES * QUERIES;
  pack(t->length, t->headWidth, x, 1, xRow, t->bf16, out);
  for (ptrdiff_t c = packed_count(t->length, t->headWidth); c < whole * t->headWidth; c++) out[c] = 0;
}

// out[keys, QUERIES] = x[keys] · columnsᵀ.
static void score_block(const mgs_attention *t, ptrdiff_t keys, const float *x, ptrdiff_t xRow, const float *columns, float *out) {
  product(&(mgs_product){.m = keys, .n = QUERIES, .k = t->headWidth, .a = x, .aRow = xRow, .aColumn = 1,
                         .b = columns, .bRow = 1, .bColumn = 1, .packed = 1, .c = out, .cRow = QUERIES, .bf16 = t->bf16});
}

// out[queries, headWidth] = blockᵀ · x[keys].
static void gather_block(const mgs_attention *t, ptrdiff_t queries, ptrdiff_t keys, const float *block, const float *x, ptrdiff_t xRow, float *out, ptrdiff_t outRow) {
  product(&(mgs_product){.m = queries, .n = t->headWidth, .k = keys, .a = block, .aRow = 1, .aColumn = QUERIES,
                         .b = x, .bRow = xRow, .bColumn = 1, .c = out, .cRow = outRow, .bf16 = t->bf16});
}

// out[keys, headWidth] (+)= block · x[queries].
static void spread_block(const mgs_attention *t, ptrdiff_t queries, ptrdiff_t keys, const float *block, const float *x, ptrdiff_t xRow, float *out, int accumulate) {
  product(&(mgs_product){.m = keys, .n = t->headWidth, .k = queries, .a = block, .aRow = QUERIES, .aColumn = 1,
                         .b = x, .bRow = xRow, .bColumn = 1, .c = out, .cRow = t->qkvRow, .accumulate = accumulate,
                         .bf16 = t->bf16});
}

// x where the query of the lane is at or after the key `past` keys into the block, else `other`.
INLINE vf causal(vf x, int group, ptrdiff_t past, float other) {
  return lane_numbers() + group * LANES >= (vi)(int32_t)past ? x : (vf)other;
}

// y = cap · tanh(scale·x / cap) in place; slopes receive 1 - (y / cap)² where wanted.
static void cap_block(float *x, ptrdiff_t keys, float scale, float cap, float *slopes) {
  for (ptrdiff_t i = 0; i < keys * QUERIES; i += LANES) {
    vf ratio = hyperbolic_tangent(load(x + i) * (scale / cap));
    store(x + i, ratio * cap);
    if (slopes) store(slopes + i, 1.0f - ratio * ratio);
  }
}

// Turns scores into exp(scale·score - shift), zero above the diagonal; leaves scale·max and 1/sum.
static void softmax_block(float *x, ptrdiff_t start, ptrdiff_t keys, float scale, vf *shift, vf *inverse) {
  for (int g = 0; g < GROUPS; g++) shift[g] = -3e38f, inverse[g] = 0.0f;
  for (ptrdiff_t k = 0; k < keys; k++)
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++)
      shift[g] = greater_of(shift[g], causal(load(x + k * QUERIES + g * LANES), g, k - start, -3e38f));
  for (int g = 0; g < GROUPS; g++) shift[g] *= scale;
  for (ptrdiff_t k = 0; k < keys; k++)
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) {
      float *place = x + k * QUERIES + g * LANES;
      vf e = causal(exponential(load(place) * scale - shift[g]), g, k - start, 0.0f);
      inverse[g] += e;
      store(place, e);
    }
  for (int g = 0; g < GROUPS; g++) inverse[g] = 1.0f / inverse[g];
}

static void forward_block(const mgs_attention *t, const head *h, float *out, float *normalizers, ptrdiff_t start) {
  const ptrdiff_t count = least(QUERIES, t->length - start), keys = start + count;
  float scale = t->scale, factors[QUERIES] __attribute__((aligned(64)));
  vf shift[GROUPS], inverse[GROUPS];
  score_block(t, keys, h->k, t->qkvRow, h->queries + start * t->headWidth, h->scores);
  if (t->softcap > 0) { cap_block(h->scores, keys, scale, t->softcap, NULL); scale = 1; }
  softmax_block(h->scores, start, keys, scale, shift, inverse);
  for (int g = 0; g < GROUPS; g++) {
    const ptrdiff_t c = g * LANES, left = count - c;
    store(factors + c, inverse[g]);
    if (left <= 0) continue;
    store_upto(normalizers + start + c, shift[g], left);
    store_upto(normalizers + t->length + start + c, inverse[g], left);
  }
  out += start * t->outRow;
  gather_block(t, count, keys, h->scores, h->v, t->qkvRow, out, t->outRow);
  for (ptrdiff_t i = 0; i < count; i++) row_scale(out + i * t->outRow, t->headWidth, factors[i]);
}

static void attention_forward(const mgs_attention *t) {
  for (ptrdiff_t s = 0; s < t->sequences; s++)
    for (ptrdiff_t index = 0; index < t->heads; index++) {
      const head h = head_of(t, s, index);
      float *out = t->out + s * t->length * t->outRow + index * t->headWidth;
      pack_columns(t, h.q, t->qkvRow, h.queries);
      for (ptrdiff_t start = 0; start < t->length; start += QUERIES)
        forward_block(t, &h, out, normalizers_of(t, s, index), start);
    }
}

// Scores become P; the gradients of P become those of q·k: P ∘ (dP - Σ P dP) · scale (∘ slope).
static void score_gradients(const mgs_attention *t, const head *h, ptrdiff_t start, ptrdiff_t keys, float scale, const vf *shift, const vf *inverse) {
  vf dots[GROUPS];
  for (int g = 0; g < GROUPS; g++) dots[g] = 0.0f;
  for (ptrdiff_t k = 0; k < keys; k++)
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) {
      const ptrdiff_t place = k * QUERIES + g * LANES;
      vf e = exponential(load(h->scores + place) * scale - shift[g]) * inverse[g];
      vf p = causal(e, g, k - start, 0.0f);
      dots[g] += p * load(h->gradients + place);
      store(h->scores + place, p);
    }
  for (ptrdiff_t k = 0; k < keys; k++)
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) {
      const ptrdiff_t place = k * QUERIES + g * LANES;
      vf d = load(h->scores + place) * (load(h->gradients + place) - dots[g]) * t->scale;
      if (t->softcap > 0) d *= load(h->slopes + place);
      store(h->gradients + place, d);
    }
}

// dq of the block's queries; dk and dv of all keys up to them, written by the last block of the first
// head that has these keys, then added to.
static void backward_block(const mgs_attention *t, const head *h, const float *dOut, const float *normalizers, float *dq, float *dk, int isFirst, ptrdiff_t start) {
  const ptrdiff_t count = least(QUERIES, t->length - start), keys = start + count;
  const int isWritten = isFirst && keys == t->length;
  float scale = t->scale;
  vf shift[GROUPS], inverse[GROUPS];
  for (int g = 0; g < GROUPS; g++) {
    const ptrdiff_t left = count - g * LANES;
    const float *place = normalizers + start + g * LANES;
    shift[g] = left > 0 ? load_upto(place, left) : (vf)0.0f;
    inverse[g] = left > 0 ? load_upto(place + t->length, left) : (vf)0.0f;
  }
  score_block(t, keys, h->k, t->qkvRow, h->queries + start * t->headWidth, h->scores);
  score_block(t, keys, h->v, t->qkvRow, h->outGradients + start * t->headWidth, h->gradients);
  if (t->softcap > 0) { cap_block(h->scores, keys, scale, t->softcap, h->slopes); scale = 1; }
  score_gradients(t, h, start, keys, scale, shift, inverse);
  gather_block(t, count, keys, h->gradients, h->k, t->qkvRow, dq + start * t->qkvRow, t->qkvRow);
  spread_block(t, count, keys, h->gradients, h->q + start * t->qkvRow, t->qkvRow, dk, !isWritten);
  spread_block(t, count, keys, h->scores, dOut + start * t->outRow, t->outRow, dk + t->keyHeads * t->headWidth, !isWritten);
}

static void attention_backward(const mgs_attention *t) {
  for (ptrdiff_t s = 0; s < t->sequences; s++)
    for (ptrdiff_t index = 0; index < t->heads; index++) {
      const head h = head_of(t, s, index);
      const float *dOut = t->outGradient + s * t->length * t->outRow + index * t->headWidth;
      float *row = t->qkvGradient + s * t->length * t->qkvRow;
      float *dq = row + index * t->headWidth, *dk = row + key_column(t, index);
      const int isFirst = index % (t->heads / t->keyHeads) == 0;
      pack_columns(t, h.q, t->qkvRow, h.queries);
      pack_columns(t, dOut, t->outRow, h.outGradients);
      for (ptrdiff_t start = (t->length - 1) / QUERIES * QUERIES; start >= 0; start -= QUERIES)
        backward_block(t, &h, dOut, normalizers_of(t, s, index), dq, dk, isFirst, start);
    }
}

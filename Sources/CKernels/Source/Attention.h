// Causal attention, one head at a time in blocks of rows; blocks above the diagonal are never computed.
//
// Forward keeps only the logarithm of each row's normalizer; backward takes the probabilities again.

static ptrdiff_t block_height(ptrdiff_t length) { return length <= 64 ? 16 : 32; }

// Padded against strides that map all rows to the same cache sets.
static ptrdiff_t score_stride(ptrdiff_t length) { return (length + 15) / 16 * 16 + 16; }

typedef struct {
  const float *q, *k, *v;
  float *scores, *slopes, *gradients, *keys, *values, *dots;
  ptrdiff_t stride;
} head;

static head head_of(const mgs_attention *t, ptrdiff_t sequence, ptrdiff_t index) {
  const ptrdiff_t width = t->heads * t->headWidth, area = t->length * score_stride(t->length);
  const ptrdiff_t packed = packed_count(t->length, t->headWidth);
  head h;
  h.q = t->qkv + sequence * t->length * t->qkvRow + index * t->headWidth;
  h.k = h.q + width;
  h.v = h.k + width;
  h.scores = t->scratch;
  h.gradients = h.scores + area;
  h.slopes = h.gradients + area;
  h.keys = h.slopes + area;
  h.values = h.keys + packed;
  h.dots = h.values + packed;
  h.stride = score_stride(t->length);
  return h;
}

// The columns 0..<end of rows start..<end of x · packedᵀ.
static void lower_block(const mgs_attention *t, const float *x, ptrdiff_t xRow, const float *packed, float *out, ptrdiff_t stride, ptrdiff_t start, ptrdiff_t end) {
  product(&(mgs_product){.m = end - start, .n = end, .k = t->headWidth, .a = x + start * xRow, .aRow = xRow, .aColumn = 1,
                         .b = packed, .bRow = 1, .bColumn = 1, .packed = 1, .c = out + start * stride, .cRow = stride});
}

// exp(scale·x - shift) over the first `valid` columns, zero in the others; answers the sum.
static float score_row(float *x, ptrdiff_t valid, ptrdiff_t columns, float scale, float shift) {
  vf total = 0.0f;
  ptrdiff_t c = 0;
  for (; c + LANES <= valid; c += LANES) {
    vf e = exponential(load(x + c) * scale - shift);
    total += e;
    store(x + c, e);
  }
  float result = sum(total);
  if (c < valid) {
    const ptrdiff_t left = valid - c;
    vf e = exponential(load_partial(x + c, left) * scale - shift);
    store_partial(x + c, e, left);
    result += sum(load_partial(x + c, left));
  }
  for (c = valid; c < columns; c++) x[c] = 0;
  return result;
}

// y = cap · tanh(scale·x / cap) in place; slopes receive 1 - (y / cap)² where wanted.
static void cap_row(float *x, ptrdiff_t valid, float scale, float cap, float *slopes) {
  for (ptrdiff_t c = 0; c < valid; c += LANES) {
    const ptrdiff_t left = valid - c;
    vf ratio = hyperbolic_tangent(load_upto(x + c, left) * (scale / cap));
    store_upto(x + c, ratio * cap, left);
    if (slopes) store_upto(slopes + c, 1.0f - ratio * ratio, left);
  }
}

static void forward_block(const mgs_attention *t, const head *h, float *out, float *logSumExp, ptrdiff_t start, ptrdiff_t end) {
  lower_block(t, h->q, t->qkvRow, h->keys, h->scores, h->stride, start, end);
  float inverse[64];
  for (ptrdiff_t i = start; i < end; i++) {
    float *row = h->scores + i * h->stride, scale = t->scale;
    if (t->softcap > 0) { cap_row(row, i + 1, scale, t->softcap, NULL); scale = 1; }
    const float shift = row_largest(row, i + 1) * scale;
    const float total = score_row(row, i + 1, end, scale, shift);
    logSumExp[i] = shift + logf(total);
    inverse[i - start] = 1.0f / total;
  }
  product(&(mgs_product){.m = end - start, .n = t->headWidth, .k = end, .a = h->scores + start * h->stride, .aRow = h->stride, .aColumn = 1,
                         .b = h->v, .bRow = t->qkvRow, .bColumn = 1, .c = out + start * t->outRow, .cRow = t->outRow});
  for (ptrdiff_t i = start; i < end; i++) row_scale(out + i * t->outRow, t->headWidth, inverse[i - start]);
}

static void attention_forward(const mgs_attention *t) {
  const ptrdiff_t step = block_height(t->length);
  for (ptrdiff_t s = 0; s < t->sequences; s++)
    for (ptrdiff_t index = 0; index < t->heads; index++) {
      const head h = head_of(t, s, index);
      pack(t->length, t->headWidth, h.k, 1, t->qkvRow, h.keys);
      for (ptrdiff_t i = 0; i < t->length; i += step)
        forward_block(t, &h, t->out + s * t->length * t->outRow + index * t->headWidth,
                      t->logSumExp + (s * t->heads + index) * t->length, i, least(i + step, t->length));
    }
}

// dS = P ∘ (dP - dots) · scale (∘ slope), over dP.
static void score_gradient_row(const float *p, float *dp, const float *slopes, ptrdiff_t columns, float dot, float scale) {
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    const ptrdiff_t left = columns - c;
    vf d = load_upto(p + c, left) * (load_upto(dp + c, left) - dot) * scale;
    if (slopes) d *= load_upto(slopes + c, left);
    store_upto(dp + c, d, left);
  }
}

static void backward_rows(const mgs_attention *t, const head *h, const float *dOut, const float *logSumExp, float *dq, ptrdiff_t start, ptrdiff_t end) {
  lower_block(t, h->q, t->qkvRow, h->keys, h->scores, h->stride, start, end);
  lower_block(t, dOut, t->outRow, h->values, h->gradients, h->stride, start, end);
  for (ptrdiff_t i = start; i < end; i++) {
    float *row = h->scores + i * h->stride, scale = t->scale;
    float *slopes = t->softcap > 0 ? h->slopes + i * h->stride : NULL;
    if (slopes) { cap_row(row, i + 1, scale, t->softcap, slopes); scale = 1; }
    score_row(row, i + 1, end, scale, logSumExp[i]);
    float *gradient = h->gradients + i * h->stride;
    score_gradient_row(row, gradient, slopes, i + 1, h->dots[i], t->scale);
    for (ptrdiff_t c = i + 1; c < end; c++) gradient[c] = 0;
  }
  product(&(mgs_product){.m = end - start, .n = t->headWidth, .k = end, .a = h->gradients + start * h->stride, .aRow = h->stride, .aColumn = 1,
                         .b = h->k, .bRow = t->qkvRow, .bColumn = 1, .c = dq + start * t->qkvRow, .cRow = t->qkvRow});
}

// Columns start..<end: out = left[start.., columns]ᵀ · right[start..].
static void backward_columns(const mgs_attention *t, const float *left, ptrdiff_t stride, const float *right, ptrdiff_t rightRow, float *out, ptrdiff_t start, ptrdiff_t end) {
  product(&(mgs_product){.m = end - start, .n = t->headWidth, .k = t->length - start, .a = left + start * stride + start, .aRow = 1, .aColumn = stride,
                         .b = right + start * rightRow, .bRow = rightRow, .bColumn = 1, .c = out + start * t->qkvRow, .cRow = t->qkvRow});
}

static void row_dots(const mgs_attention *t, const float *out, const float *dOut, float *dots) {
  for (ptrdiff_t i = 0; i < t->length; i++, out += t->outRow, dOut += t->outRow) {
    vf total = 0.0f;
    for (ptrdiff_t c = 0; c < t->headWidth; c += LANES)
      total += load_upto(out + c, t->headWidth - c) * load_upto(dOut + c, t->headWidth - c);
    dots[i] = sum(total);
  }
}

static void attention_backward(const mgs_attention *t) {
  const ptrdiff_t step = block_height(t->length), width = t->heads * t->headWidth;
  for (ptrdiff_t s = 0; s < t->sequences; s++)
    for (ptrdiff_t index = 0; index < t->heads; index++) {
      const head h = head_of(t, s, index);
      const ptrdiff_t place = s * t->length * t->outRow + index * t->headWidth;
      const float *dOut = t->outGradient + place;
      const float *logSumExp = t->logSumExp + (s * t->heads + index) * t->length;
      float *dq = t->qkvGradient + s * t->length * t->qkvRow + index * t->headWidth;
      pack(t->length, t->headWidth, h.k, 1, t->qkvRow, h.keys);
      pack(t->length, t->headWidth, h.v, 1, t->qkvRow, h.values);
      row_dots(t, t->out + place, dOut, h.dots);
      for (ptrdiff_t i = 0; i < t->length; i += step)
        backward_rows(t, &h, dOut, logSumExp, dq, i, least(i + step, t->length));
      for (ptrdiff_t j = 0; j < t->length; j += step) {
        const ptrdiff_t end = least(j + step, t->length);
        backward_columns(t, h.gradients, h.stride, h.q, t->qkvRow, dq + width, j, end);
        backward_columns(t, h.scores, h.stride, dOut, t->outRow, dq + 2 * width, j, end);
      }
    }
}

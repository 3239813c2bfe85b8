// Kernels over rows: normalization, rotation, gated activations, cross-entropy, lookups.

static void rms_norm_forward(ptrdiff_t rows, ptrdiff_t columns, const float *x, const float *w, float offset, float epsilon, float *y, float *rstd) {
  for (ptrdiff_t i = 0; i < rows; i++, x += columns, y += columns) {
    vf squares = 0.0f;
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      vf v = load_upto(x + c, columns - c);
      squares += v * v;
    }
    const float r = 1.0f / sqrtf(sum(squares) / (float)columns + epsilon);
    rstd[i] = r;
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      const ptrdiff_t left = columns - c;
      store_upto(y + c, load_upto(x + c, left) * r * (load_upto(w + c, left) + offset), left);
    }
  }
}

static void rms_norm_backward(ptrdiff_t rows, ptrdiff_t columns, const float *dy, const float *x, const float *w, float offset, const float *rstd, float *dx, float *dw) {
  for (ptrdiff_t i = 0; i < rows; i++, dy += columns, x += columns, dx += columns) {
    const float r = rstd[i];
    vf dots = 0.0f;
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      const ptrdiff_t left = columns - c;
      vf g = load_upto(dy + c, left), v = load_upto(x + c, left);
      dots += g * (load_upto(w + c, left) + offset) * v;
      store_upto(dw + c, load_upto(dw + c, left) + g * (v * r), left);
    }
    const float pull = sum(dots) * r * r * r / (float)columns;
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      const ptrdiff_t left = columns - c;
      vf scaled = load_upto(dy + c, left) * (load_upto(w + c, left) + offset) * r;
      vf change = scaled - load_upto(x + c, left) * pull;
      store_upto(dx + c, load_upto(dx + c, left) + change, left);
    }
  }
}

// One head a vector: the halves trade places within it.
static void rotate_narrow(ptrdiff_t length, ptrdiff_t heads, float *x, ptrdiff_t xRow, const float *cosines, const float *sines, float direction) {
  const ptrdiff_t half = LANES / 2;
  for (ptrdiff_t t = 0; t < length; t++, x += xRow) {
    vf cosine = load_partial(cosines + t * half, half), sine = load_partial(sines + t * half, half) * direction;
    cosine.hi = cosine.lo;
    sine.hi = sine.lo;
    sine.lo = -sine.lo;
    for (ptrdiff_t h = 0; h < heads; h++) {
      const vf head = load(x + h * LANES);
      vf swapped;
      swapped.lo = head.hi;
      swapped.hi = head.lo;
      store(x + h * LANES, head * cosine + swapped * sine);
    }
  }
}

static void rotate_wide(ptrdiff_t length, ptrdiff_t heads, ptrdiff_t headWidth, float *x, ptrdiff_t xRow, const float *cosines, const float *sines, float direction) {
  const ptrdiff_t half = headWidth / 2;
  for (ptrdiff_t t = 0; t < length; t++, x += xRow)
    for (ptrdiff_t c = 0; c < half; c += LANES) {
      const ptrdiff_t left = half - c;
      const vf cosine = load_upto(cosines + t * half + c, left);
      const vf sine = load_upto(sines + t * half + c, left) * direction;
      for (ptrdiff_t h = 0; h < heads; h++) {
        float *first = x + h * headWidth + c, *second = first + half;
        vf a = load_upto(first, left), b = load_upto(second, left);
        store_upto(first, a * cosine - b * sine, left);
        store_upto(second, b * cosine + a * sine, left);
      }
    }
}

static void rotate(ptrdiff_t sequences, ptrdiff_t length, ptrdiff_t heads, ptrdiff_t headWidth, float *x, ptrdiff_t xRow, const float *cosines, const float *sines, float direction) {
  for (ptrdiff_t s = 0; s < sequences; s++, x += length * xRow)
    if (headWidth == LANES) rotate_narrow(length, heads, x, xRow, cosines, sines, direction);
    else rotate_wide(length, heads, headWidth, x, xRow, cosines, sines, direction);
}

#define GELU_ROOT 0.7978845608f  // sqrt(2 / pi)
#define GELU_CUBE 0.044715f

// Φ(g), lane by lane: exact, and rare enough not to matter.
INLINE vf normal_share(vf g) {
  vf share;
  for (int i = 0; i < LANES; i++) share[i] = 0.5f * erfcf(-0.70710678118f * g[i]);
  return share;
}

INLINE vf activate(vf g, const int act) {
  if (act == MGS_SILU) return g * sigmoid(g);
  if (act == MGS_GELU) return g * normal_share(g);
  vf t = hyperbolic_tangent(GELU_ROOT * (g + GELU_CUBE * g * g * g));
  return 0.5f * g * (1.0f + t);
}

// Derivative of the activation, and its value in `*value`.
INLINE vf activate_backward(vf g, const int act, vf *value) {
  if (act == MGS_SILU) {
    vf s = sigmoid(g);
    *value = g * s;
    return s + *value * (1.0f - s);
  }
  if (act == MGS_GELU) {
    vf share = normal_share(g);
    *value = g * share;
    return share + 0.3989422804f * g * exponential(-0.5f * g * g);
  }
  vf t = hyperbolic_tangent(GELU_ROOT * (g + GELU_CUBE * g * g * g));
  *value = 0.5f * g * (1.0f + t);
  vf inner = GELU_ROOT * (1.0f + 3.0f * GELU_CUBE * g * g);
  return 0.5f * (1.0f + t) + 0.5f * g * (1.0f - t * t) * inner;
}

INLINE void gated_forward_as(ptrdiff_t rows, ptrdiff_t width, const float *gateUp, float *out, const int act) {
  for (ptrdiff_t i = 0; i < rows; i++, gateUp += 2 * width, out += width)
    for (ptrdiff_t c = 0; c < width; c += LANES) {
      const ptrdiff_t left = width - c;
      vf g = load_upto(gateUp + c, left), u = load_upto(gateUp + width + c, left);
      store_upto(out + c, activate(g, act) * u, left);
    }
}

static void gated_forward(ptrdiff_t rows, ptrdiff_t width, const float *gateUp, float *out, int32_t act) {
  if (act == MGS_SILU) gated_forward_as(rows, width, gateUp, out, MGS_SILU);
  else if (act == MGS_GELU) gated_forward_as(rows, width, gateUp, out, MGS_GELU);
  else gated_forward_as(rows, width, gateUp, out, MGS_GELU_TANH);
}

INLINE void gated_backward_as(ptrdiff_t rows, ptrdiff_t width, const float *gateUp, const float *dOut, float *gradient, const int act) {
  for (ptrdiff_t i = 0; i < rows; i++, gateUp += 2 * width, gradient += 2 * width, dOut += width)
    for (ptrdiff_t c = 0; c < width; c += LANES) {
      const ptrdiff_t left = width - c;
      vf g = load_upto(gateUp + c, left), u = load_upto(gateUp + width + c, left);
      vf d = load_upto(dOut + c, left), value;
      vf slope = activate_backward(g, act, &value);
      store_upto(gradient + c, d * u * slope, left);
      store_upto(gradient + width + c, d * value, left);
    }
}

static void gated_backward(ptrdiff_t rows, ptrdiff_t width, const float *gateUp, const float *dOut, float *gradient, int32_t act) {
  if (act == MGS_SILU) gated_backward_as(rows, width, gateUp, dOut, gradient, MGS_SILU);
  else if (act == MGS_GELU) gated_backward_as(rows, width, gateUp, dOut, gradient, MGS_GELU);
  else gated_backward_as(rows, width, gateUp, dOut, gradient, MGS_GELU_TANH);
}

INLINE float row_largest(const float *x, ptrdiff_t columns) {
  vf top = -INFINITY;
  ptrdiff_t c = 0;
  for (; c + LANES <= columns; c += LANES) top = greater_of(load(x + c), top);
  float best = largest(top);
  for (; c < columns; c++) best = x[c] > best ? x[c] : best;
  return best;
}

// x ← exp(x - shift), answering the sum.
INLINE float row_exponentials(float *x, ptrdiff_t columns, float shift) {
  vf total = 0.0f;
  ptrdiff_t c = 0;
  for (; c + LANES <= columns; c += LANES) {
    vf e = exponential(load(x + c) - shift);
    total += e;
    store(x + c, e);
  }
  if (c < columns) {
    const ptrdiff_t left = columns - c;
    vf e = exponential(load_partial(x + c, left) - shift);
    store_partial(x + c, e, left);
    total += load_partial(x + c, left);
  }
  return sum(total);
}

INLINE void row_scale(float *x, ptrdiff_t columns, float factor) {
  for (ptrdiff_t c = 0; c < columns; c += LANES)
    store_upto(x + c, load_upto(x + c, columns - c) * factor, columns - c);
}

INLINE void row_cap(float *x, ptrdiff_t columns, float cap) {
  for (ptrdiff_t c = 0; c < columns; c += LANES)
    store_upto(x + c, hyperbolic_tangent(load_upto(x + c, columns - c) / cap) * cap, columns - c);
}

// With a cap the probabilities are taken again from the capped logits, whose slope is 1 - (y/cap)².
INLINE void row_capped_gradient(float *x, ptrdiff_t columns, float shift, float scale, float cap, ptrdiff_t target) {
  const float hit = x[target];
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    const ptrdiff_t left = columns - c;
    vf y = load_upto(x + c, left), ratio = y / cap;
    store_upto(x + c, exponential(y - shift) * scale * (1.0f - ratio * ratio), left);
  }
  x[target] -= scale * (1.0f - (hit / cap) * (hit / cap));
}

static double cross_entropy(ptrdiff_t rows, ptrdiff_t columns, float *logits, ptrdiff_t logitsRow, const int32_t *targets, float softcap, float gradientScale) {
  double loss = 0;
  for (ptrdiff_t i = 0; i < rows; i++, logits += logitsRow) {
    if (softcap > 0) row_cap(logits, columns, softcap);
    const float top = row_largest(logits, columns), hit = logits[targets[i]];
    if (softcap > 0) {
      vf total = 0.0f;
      float rest = 0;
      ptrdiff_t c = 0;
      for (; c + LANES <= columns; c += LANES) total += exponential(load(logits + c) - top);
      for (; c < columns; c++) rest += expf(logits[c] - top);
      const float shift = top + logf(sum(total) + rest);
      loss += (double)shift - (double)hit;
      if (gradientScale != 0) row_capped_gradient(logits, columns, shift, gradientScale, softcap, targets[i]);
    } else {
      const float total = row_exponentials(logits, columns, top);
      loss += (double)(top - hit) + log((double)total);
      if (gradientScale == 0) continue;
      row_scale(logits, columns, gradientScale / total);
      logits[targets[i]] -= gradientScale;
    }
  }
  return loss;
}

static void gather(ptrdiff_t rows, ptrdiff_t columns, const float *table, const int32_t *indices, float scale, float *out) {
  for (ptrdiff_t i = 0; i < rows; i++, out += columns) {
    const float *row = table + indices[i] * columns;
    for (ptrdiff_t c = 0; c < columns; c += LANES)
      store_upto(out + c, load_upto(row + c, columns - c) * scale, columns - c);
  }
}

static void scatter_add(ptrdiff_t rows, ptrdiff_t columns, const float *x, const int32_t *indices, float scale, float *table) {
  for (ptrdiff_t i = 0; i < rows; i++, x += columns) {
    float *row = table + indices[i] * columns;
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      const ptrdiff_t left = columns - c;
      store_upto(row + c, load_upto(row + c, left) + load_upto(x + c, left) * scale, left);
    }
  }
}

static void add(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t c = 0; c < count; c += LANES)
    store_upto(y + c, load_upto(y + c, count - c) + load_upto(x + c, count - c), count - c);
}

static void exponential_all(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t c = 0; c < count; c += LANES)
    store_upto(y + c, exponential(load_upto(x + c, count - c)), count - c);
}

static void hyperbolic_tangent_all(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t c = 0; c < count; c += LANES)
    store_upto(y + c, hyperbolic_tangent(load_upto(x + c, count - c)), count - c);
}

// The body of every level: included once per file with MGS_LANES, MGS_ROWS, MGS_TABLE set.
#include "../include/CKernels.h"
#if defined(__aarch64__)
#define MGS_REGISTER "+w"
#elif MGS_LANES == 16
#define MGS_REGISTER "+v"
#else
#define MGS_REGISTER "+x"
#endif
#include "Vector.h"
#include "BF16.h"
#include "Pack.h"
#include "Product.h"
#include "Rows.h"
#include "Attention.h"
#include "Optimizer.h"
#include "Passes.h"

const mgs_kernels MGS_TABLE = {
  .level = MGS_LEVEL,
  .lanes = MGS_LANES,
  .name = MGS_LEVEL_NAME,
  .product = product,
  .pack = pack,
  .packedCount = packed_count,
  .attentionForward = attention_forward,
  .attentionBackward = attention_backward,
  .rmsNormForward = rms_norm_forward,
  .rmsNormBackward = rms_norm_backward,
  .rotate = rotate,
  .gatedForward = gated_forward,
  .gatedBackward = gated_backward,
  .crossEntropy = cross_entropy,
  .gather = gather,
  .scatterAdd = scatter_add,
  .add = add,
  .exponential = exponential_all,
  .hyperbolicTangent = hyperbolic_tangent_all,
  .roundToBF16 = round_to_bf16,
  .tripleReduction = triple_reduction,
  .peak = peak,
  .passes = &passes,
};

import TensorKernels

/// Scales all gradients so that their global norm is at most `limit`; nil clips nothing.
///
/// `g ← g · min(1, limit / (‖g‖ + 1e-6))`, as PyTorch's `clip_grad_norm_` (Pascanu et al., 2013).
/// - Returns: the norm before clipping.
@discardableResult
package func clipByGlobalNorm(_ gradients: inout MutableSpan<Float>, limit: Double?) -> Double {
  let norm = squaredNorm(gradients.span).squareRoot()
  guard let limit, norm.isFinite else { return norm }
  let factor = limit / (norm + 1e-6)
  guard factor < 1 else { return norm }
  Kernels().scale(&gradients, by: Float(factor))
  return norm
}

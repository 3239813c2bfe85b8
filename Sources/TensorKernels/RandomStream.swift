import RealModule

/// What a stream of random numbers is drawn for; every purpose has its own stream.
package enum RandomPurpose: UInt32, Sendable, CaseIterable {
  case initialization = 1
  case batching, masking, evaluation, sampling, probes, corpus, projection
}

/// A stream of random numbers that is a function of (seed, purpose, substream) alone.
///
/// Philox 4x32-10 (Salmon et al., 2011): counter-based, so any position can be reached at once.
package struct RandomStream: Sendable {
  private let key: Philox.Key
  private let substream: UInt64
  private var counter: UInt64 = 0
  private var buffer = SIMD4<UInt32>()
  private var used = 4
  private var spareNormal: Double?

  package init(seed: UInt64, purpose: RandomPurpose, substream: UInt64 = 0) {
    key = Philox.key(seed: seed, purpose: purpose)
    self.substream = substream
  }

  /// 32 uniform random bits.
  package mutating func nextBits() -> UInt32 {
    if used == 4 {
      buffer = Philox.block(counter: counter, substream, key: key)
      counter += 1
      used = 0
    }
    defer { used += 1 }
    return buffer[used]
  }

  /// Uniform in [0, 1) with 53 random bits.
  package mutating func uniform() -> Double {
    let high = UInt64(nextBits()) << 32
    return Double((high | UInt64(nextBits())) >> 11) * 0x1p-53
  }

  /// Uniform whole number in `0 ..< bound`, unbiased.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "an integer below \(bound) cannot be drawn")
    let bound = UInt64(bound)
    let limit = UInt64.max - UInt64.max % bound
    while true {
      let bits = UInt64(nextBits()) << 32 | UInt64(nextBits())
      if bits < limit { return Int(bits % bound) }
    }
  }

  /// Standard normal (Box and Muller, 1958), two draws of `uniform` a pair.
  package mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let radius = (-2 * Double.log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spareNormal = radius * Double.sin(angle)
    return radius * Double.cos(angle)
  }

  /// Gamma with `shape` and unit scale (Marsaglia and Tsang, 2000).
  package mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0, "a gamma variate needs a positive shape")
    if shape < 1 {
      let boost = Double.pow(1 - uniform(), 1 / shape)
      return boost * gamma(shape: shape + 1)
    }
    let d = shape - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if Double.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Double.log(v) { return d * v }
    }
  }

  /// Shuffles `0 ..< count` (Fisher and Yates).
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(repeating: 0, count: count)
    permute(&order)
    return order
  }

  /// Overwrites `order` with `permutation(order.count)`, allocating nothing.
  package mutating func permute(_ order: inout [Int]) {
    for i in order.indices { order[i] = i }
    for i in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(i, integer(below: i + 1))
    }
  }
}

/// The coins that decide which block updates are kept.
///
/// A pure function of (seed, step, block index, element group), so all arms of a seed share them.
package struct Coins: Sendable {
  let key: Philox.Key

  package init(seed: UInt64) {
    key = Philox.key(seed: seed, purpose: .masking)
  }

  /// Uniform in [0, 1): the update is kept when it lies below the survival probability.
  package func uniform(step: Int, block: Int, group: Int = 0) -> Double {
    let place = UInt64(truncatingIfNeeded: step) << 20 | UInt64(truncatingIfNeeded: block)
    let bits = Philox.block(
      counter: UInt64(truncatingIfNeeded: group), place, key: key)
    return Double((UInt64(bits[0]) << 32 | UInt64(bits[1])) >> 11) * 0x1p-53
  }

  /// Four uniforms in [0, 1) at once, for element groups `4·quad ..< 4·quad + 4`.
  ///
  /// A stream of its own (bit 63 of the place), so they never repeat the coarser coins.
  package func quad(step: Int, block: Int, quad: Int) -> SIMD4<Double> {
    let bits = Philox.block(
      counter: UInt64(truncatingIfNeeded: quad), Self.elementPlace(step, block), key: key)
    return SIMD4<Double>(bits) * 0x1p-32
  }

  static func elementPlace(_ step: Int, _ block: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: step) << 20 | UInt64(truncatingIfNeeded: block) | 1 << 63
  }
}

/// Philox 4x32-10, the counter-based generator of Salmon et al. (2011).
package enum Philox {
  package typealias Key = SIMD2<UInt32>

  /// A key of its own for every (seed, purpose), mixed by SplitMix64 (Steele et al., 2014).
  package static func key(seed: UInt64, purpose: RandomPurpose) -> Key {
    var z = seed &+ UInt64(purpose.rawValue) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Key(UInt32(truncatingIfNeeded: z), UInt32(truncatingIfNeeded: z >> 32))
  }

  /// Four random words for a 128-bit counter given as its low and high halves.
  package static func block(counter low: UInt64, _ high: UInt64, key: Key) -> SIMD4<UInt32> {
    var c = SIMD4(
      UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32),
      UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32))
    var k = key
    for _ in 0..<10 {
      let p = UInt64(0xD251_1F53) * UInt64(c[0])
      let q = UInt64(0xCD9E_8D57) * UInt64(c[2])
      c = SIMD4(
        UInt32(truncatingIfNeeded: q >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: q),
        UInt32(truncatingIfNeeded: p >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: p))
      k = Key(k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85)
    }
    return c
  }
}

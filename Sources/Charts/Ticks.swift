/// A place on an axis that is marked and labelled.
package struct Tick: Sendable, Equatable {
  package var value: Double
  /// Position along the axis, 0...1.
  package var position: Double
  package var label: String
  /// Where the label begins along the axis, in the units of the length the ticks were fitted to.
  package var labelStart: Double
}

/// Chooses round values for axes: steps of 1, 2, 5 on linear ones, decades on logarithmic ones.
package enum Ticks {
  /// As many ticks as fit on `length` without two labels touching.
  ///
  /// `extent` is the room a label takes along the axis in the same unit as `length` (characters or
  /// pixels across, one line upwards); `gap` is kept free between labels. Ascending; empty when not
  /// even one fits.
  package static func fitting(
    _ scale: Scale, length: Double, gap: Double = 1, limit: Int = 10,
    extent: (String) -> Double
  ) -> [Tick] {
    guard length > 0 else { return [] }
    for count in stride(from: max(limit, 1), through: 1, by: -1) {
      let ticks = place(values(scale, atMost: count), scale, length: length, extent: extent)
      if !ticks.isEmpty, areApart(ticks, gap: gap, extent: extent) { return ticks }
    }
    return []
  }

  /// Round values within the scale, ascending, about `count` and never more.
  package static func values(_ scale: Scale, atMost count: Int) -> [Double] {
    guard count > 0 else { return [] }
    if scale.kind == .logarithmic, scale.upperBound / scale.lowerBound >= 10 {
      return decades(scale, atMost: count)
    }
    return multiples(scale, atMost: count)
  }

  /// Labels that tell `values` apart, none longer than it needs to be.
  static func labels(for values: [Double]) -> [String] {
    for digits in 2...14 where values.allSatisfy({ isExact($0, digits: digits) }) {
      let labels = values.map { NumberFormat.compact($0, digits: digits) }
      if zip(labels, labels.dropFirst()).allSatisfy({ $0 != $1 }) { return labels }
    }
    return values.map { NumberFormat.compact($0, digits: 15) }
  }

  /// Whether `digits` significant digits write `value` without loss.
  private static func isExact(_ value: Double, digits: Int) -> Bool {
    guard value != 0 else { return true }
    let short = NumberFormat.split(value.magnitude, digits: digits)
    let long = NumberFormat.split(value.magnitude, digits: 12)
    return short.exponent == long.exponent && (short.mantissa - long.mantissa).magnitude < 1e-10
  }

  /// Multiples of 1, 2 or 5 times a power of ten.
  private static func multiples(_ scale: Scale, atMost count: Int) -> [Double] {
    let (low, high) = (scale.lowerBound, scale.upperBound)
    var exponent = NumberFormat.split((high - low) / Double(count), digits: 3).exponent - 1
    while true {
      for factor in [1.0, 2, 5] {
        let values = multiples(of: factor, exponent: exponent, from: low, to: high)
        if values.count <= count { return values }
      }
      exponent += 1
    }
  }

  /// Computed as `factor · index / 10^n` where 10^n is representable, so that 0.3 is 0.3.
  private static func multiples(
    of factor: Double, exponent: Int, from low: Double, to high: Double
  ) -> [Double] {
    let isDivided = (-300..<0).contains(exponent)
    let unit = NumberFormat.power(10, isDivided ? -exponent : exponent)
    let step = isDivided ? factor / unit : factor * unit
    let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
    guard step > 0, step.isFinite, last - first < 1e4, first <= last else { return [] }
    return (0...Int(last - first)).map {
      let index = first + Double($0)
      let value = isDivided ? factor * index / unit : factor * index * unit
      return value == 0 ? 0 : value
    }
  }

  /// Every n-th power of ten; with room to spare also 2 and 5 times each.
  private static func decades(_ scale: Scale, atMost count: Int) -> [Double] {
    let first = NumberFormat.split(scale.lowerBound, digits: 12).exponent
    let last = NumberFormat.split(scale.upperBound, digits: 12).exponent
    for factors in [[1.0, 2, 5], [1.0, 3]] {
      let values = (first...last).flatMap { exponent in
        factors.map { decade($0, exponent) }
      }.filter(scale.contains)
      if values.count <= count { return values }
    }
    for skip in 1...(last - first + 1) {
      let exponents = (first...last).filter { $0.isMultiple(of: skip) }
      let values = exponents.map { decade(1, $0) }.filter(scale.contains)
      if values.count <= count { return values }
    }
    return []
  }

  private static func decade(_ factor: Double, _ exponent: Int) -> Double {
    exponent < 0 && exponent > -300
      ? factor / NumberFormat.power(10, -exponent) : factor * NumberFormat.power(10, exponent)
  }

  private static func place(
    _ values: [Double], _ scale: Scale, length: Double, extent: (String) -> Double
  ) -> [Tick] {
    zip(values, labels(for: values)).compactMap { value, label in
      guard let position = scale.position(of: value) else { return nil }
      let room = extent(label)
      guard room <= length else { return nil }
      let start = min(max(position * length - room / 2, 0), length - room)
      return Tick(value: value, position: position, label: label, labelStart: start)
    }
  }

  private static func areApart(_ ticks: [Tick], gap: Double, extent: (String) -> Double) -> Bool {
    zip(ticks, ticks.dropFirst()).allSatisfy {
      $0.labelStart + extent($0.label) + gap <= $1.labelStart + 1e-9
    }
  }
}

import RunModel

/// Lets tests name the arms of a run by their places: `losses(arm: 1)`.
extension ArmID: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self.init(value) }
}

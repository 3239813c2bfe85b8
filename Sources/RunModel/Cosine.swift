#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The C library's cosine; the one scalar function this module needs.
func cosine(_ angle: Double) -> Double { cos(angle) }

@main struct Magmascope { static func main() { print("magmascope") } }

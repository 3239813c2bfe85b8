"""Random expressions and their values by numpy in double precision.

    pip install numpy && python make_fixtures.py
"""

import json
import pathlib
import random

import numpy as np

NAMES = ["x", "y", "m.loss", "u_2"]
CALLS = {"abs": np.abs, "exp": np.exp, "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
         "sign": np.sign, "not": lambda v: float(v == 0)}
SIGNS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
COMPARISONS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
               "==": np.equal, "!=": np.not_equal}
draw = random.Random(11)


def grow(depth, values):
    """An expression in full parentheses, and its value."""
    kind = draw.choice(["number", "name"] if depth == 0 else
                       ["sign", "sign", "call", "compare", "where", "clamp", "extreme", "power",
                        "logic", "minus", "root", "name"])
    if kind == "number":
        value = round(draw.uniform(-3, 3), 3)
        return (f"({value})" if value < 0 else f"{value}"), np.float64(value)
    if kind == "name":
        name = draw.choice(NAMES)
        return name, np.float64(values[name])
    a, p = grow(depth - 1, values)
    if kind == "call":
        name = draw.choice(sorted(CALLS))
        return f"{name}({a})", np.float64(CALLS[name](p))
    if kind == "minus":
        return f"-({a})", -p
    if kind == "root":
        return f"(sqrt(abs({a}))+log(1+abs({a})))", np.sqrt(np.abs(p)) + np.log(1 + np.abs(p))
    b, q = grow(depth - 1, values)
    if kind == "sign":
        sign = draw.choice(sorted(SIGNS))
        return f"({a} {sign} {b})", SIGNS[sign](p, q)
    if kind == "compare":
        sign = draw.choice(sorted(COMPARISONS))
        return f"({a} {sign} {b})", np.float64(COMPARISONS[sign](p, q))
    if kind == "extreme":
        name, call = draw.choice([("min", np.minimum), ("max", np.maximum)])
        return f"{name}({a}, {b})", call(p, q)
    if kind == "logic":
        word = draw.choice(["and", "or"])
        truth = (p != 0 and q != 0) if word == "and" else (p != 0 or q != 0)
        return f"(({a}) {word} ({b}))", np.float64(truth)
    if kind == "power":
        exponent = draw.choice([-2, 2, 3, 0.5, 1.7])
        return f"(abs({a})^{exponent})", np.float64(np.abs(p) ** exponent)
    c, r = grow(depth - 1, values)
    if kind == "where":
        return f"where({a}, {b}, {c})", q if p != 0 else r
    low, high = sorted([(float(q), b), (float(r), c)])
    return f"clamp({a}, {low[1]}, {high[1]})", np.float64(min(max(p, low[0]), high[0]))


def main():
    cases = []
    np.seterr(all="ignore")
    while len(cases) < 120:
        values = {name: round(draw.uniform(-2, 2), 4) for name in NAMES}
        text, value = grow(draw.randint(1, 4), values)
        if np.isfinite(value) and len(text) < 300 and abs(value) < 1e12:
            cases.append(dict(text=text, values=[values[n] for n in NAMES], expected=float(value)))
    target = pathlib.Path(__file__).with_name("expressions.json")
    target.write_text(json.dumps(dict(names=NAMES, cases=cases), separators=(",", ":")) + "\n")
    print(len(cases), "cases,", target.stat().st_size, "bytes")


main()

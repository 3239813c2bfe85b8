"""Trajectories of rules and of other papers' masks, by numpy in double precision.

Everything is written out here from the papers' formulas; coins are Philox 4x32-10 as in
make_fixtures.py, those of seed 0, where the steps give none. Rules drawn at random stand beside those
chosen by hand: their steps give the coins.

    pip install numpy && python make_named.py
"""

import json
import math
import pathlib

import numpy as np

STEPS, SHOWN = 12, [2, 12]
SHAPES = [("embed", [5, 4], "embedding"), ("0.q", [6, 4], "attention"), ("0.up", [4, 6], "mlp"),
          ("1.q", [6, 4], "attention"), ("1.up", [4, 6], "mlp"), ("2.q", [4, 4], "attention"),
          ("norm", [4], "norm")]
NAMES = [name for name, _, _ in SHAPES]
ROLE = {name: role for name, _, role in SHAPES}
MASKED = [name for name in NAMES if ROLE[name] in ("attention", "mlp")]


def philox(low, high, key):
    mask = 0xFFFFFFFF
    c, k = [low & mask, low >> 32, high & mask, high >> 32], list(key)
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & mask, (p >> 32) ^ c[3] ^ k[1], p & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


def masking_key(seed=0, purpose=3):
    full = (1 << 64) - 1
    z = (seed + purpose * 0x9E3779B97F4A7C15) & full
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & full
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & full
    z ^= z >> 31
    return z & 0xFFFFFFFF, z >> 32


KEY = masking_key()


def coin(step, block, group=0):
    bits = philox(group, step << 20 | block, KEY)
    return ((bits[0] << 32 | bits[1]) >> 11) * 2.0 ** -53


def element_coins(step, block, shape):
    count = int(np.prod(shape))
    place = step << 20 | block | 1 << 63
    words = [philox(i // 4, place, KEY)[i % 4] for i in range(count)]
    return (np.array(words) * 2.0 ** -32).reshape(shape)


def make_problem(seed, has_coins=False):
    generator = np.random.default_rng(seed)
    draw = lambda shape, scale: np.float32(generator.normal(0, scale, int(np.prod(shape))))
    blocks = [dict(name=n, shape=s, role=r, values=draw(s, 0.5)) for n, s, r in SHAPES]
    drift = {n: draw(s, 0.3) for n, s, _ in SHAPES}
    steps = [dict(gradients={n: drift[n] + draw(s, 0.5) for n, s, _ in SHAPES})
             for _ in range(STEPS)]
    for data in steps if has_coins else []:
        data["coins"] = {n: int(generator.integers(2)) for n in MASKED}
    return dict(blocks=blocks, steps=steps)


PROBLEMS = dict(layers=make_problem(21), coins=make_problem(22, has_coins=True))
cosine = lambda a, b: 0.0 if not a.any() or not b.any() else float(
    (a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))
sigmoid = lambda x: 1 / (1 + np.exp(-x))


# Bases: `take` lets the moments see a gradient, `direction` is the update without the rate.

class Base:
    decoupled, has_momentum, beta = False, False, 0.0

    def __init__(self, lr, wd=0.0):
        self.lr, self.wd, self.t, self.m, self.v = lr, wd, 0, 0.0, 0.0

    def fresh(self):
        self.t, self.m, self.v = 0, 0.0, 0.0

    def take(self, g, theta):
        self.t += 1
        if not self.decoupled:
            g = g + self.wd * theta
        self.g = g
        self.absorb(g)

    def momentum(self, g):
        return np.zeros_like(g) + self.m


class SGD(Base):
    def __init__(self, lr, wd=0.0, momentum=0.0):
        super().__init__(lr, wd)
        self.beta = momentum
        self.has_momentum = momentum > 0

    def absorb(self, g):
        self.m = self.beta * self.m + g

    def direction(self):
        return self.m


class RMSProp(Base):
    def absorb(self, g):
        self.v = 0.99 * self.v + 0.01 * g ** 2

    def direction(self):
        return self.g / (np.sqrt(self.v) + 1e-8)


class Adam(Base):
    has_momentum, beta = True, 0.9

    def absorb(self, g):
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g ** 2

    def direction(self):
        m, v = self.m / (1 - 0.9 ** self.t), self.v / (1 - 0.999 ** self.t)
        return m / (np.sqrt(v) + 1e-8)


class AdamW(Adam):
    decoupled = True


class Lion(Base):
    decoupled, has_momentum, beta = True, True, 0.99

    def absorb(self, g):
        self.step = np.sign(0.9 * self.m + 0.1 * g)
        self.m = 0.99 * self.m + 0.01 * g

    def direction(self):
        return self.step


def newton_schulz(x):
    tall = x.shape[0] > x.shape[1]
    x = (x.T if tall else x) / (np.linalg.norm(x) + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.T if tall else x


class Muon(Base):
    decoupled, has_momentum, beta = True, True, 0.95
    nesterov = True

    def absorb(self, g):
        self.m = 0.95 * self.m + 0.05 * g
        look = 0.05 * g + 0.95 * self.m if self.nesterov else self.m
        self.o = newton_schulz(look)

    def direction(self):
        rows, columns = self.o.shape
        return math.sqrt(max(1, rows / columns)) * self.o


class NorMuon(Muon):
    nesterov = False

    def absorb(self, g):
        super().absorb(g)
        self.v = 0.95 * self.v + 0.05 * (self.o ** 2).mean(axis=1)

    def direction(self):
        o = self.o / (np.sqrt(self.v) + 1e-8)[:, None]
        return 0.2 * math.sqrt(o.size) * o / np.linalg.norm(o)


class TAM(Base):
    has_momentum = True

    def __init__(self, lr, wd=0.0, beta=0.9, gamma=0.9):
        super().__init__(lr, wd)
        self.beta, self.gamma, self.torque = beta, gamma, 0.0
        self.raw = None

    def take(self, g, theta):
        self.torque = self.gamma * self.torque + (1 - self.gamma) * cosine(
            self.m + np.zeros_like(g), g)
        super().take(g, theta)

    def absorb(self, g):
        self.m = self.beta * self.m + (1e-8 + (1 + self.torque) / 2) * g

    def direction(self):
        return self.m


def base(kind, block, lr, wd=0.0, **more):
    """Muon and its relatives leave other blocks to AdamW at 1e-3."""
    if issubclass(kind, Muon) and block not in MASKED:
        return AdamW(1e-3, wd)
    made = kind(lr, wd)
    for key, value in more.items():
        setattr(made, key, value)
    return made


class Run:
    """One arm: the bases of all blocks, and a mask over those in scope."""

    def __init__(self, mask, make, scope=MASKED, problem="layers"):
        self.problem, self.coins = PROBLEMS[problem], {}
        self.theta = {b["name"]: np.float64(b["values"]).reshape(b["shape"])
                      for b in self.problem["blocks"]}
        self.bases = {n: make(n) for n in NAMES}
        self.own = {n: np.zeros(s) for n, s, _ in SHAPES}
        self.mask, self.scope = mask, scope
        self.s = {n: 0.5 for n in NAMES}
        self.mean = {n: 0.0 for n in NAMES}
        self.averages = {}

    def momentum(self, n, g):
        return self.bases[n].momentum(g) if self.bases[n].has_momentum else self.own[n]

    def write(self, n, moved, decay=1.0):
        """θ ← θ − moved − decay ⊙ lr·wd·θ, the decay only where it is decoupled."""
        b = self.bases[n]
        shrink = b.lr * b.wd * decay if b.decoupled else 0.0
        self.theta[n] = self.theta[n] - moved - shrink * self.theta[n]

    def run(self):
        shown = {}
        for index, data in enumerate(self.problem["steps"]):
            step = index + 1
            self.coins = data.get("coins", {})
            for n in NAMES:
                g = np.float64(np.float32(data["gradients"][n])).reshape(self.theta[n].shape)
                if n in self.scope:
                    self.mask(self, n, step, g)
                else:
                    self.bases[n].take(g, self.theta[n])
                    self.write(n, self.bases[n].lr * self.bases[n].direction())
            if step in SHOWN:
                shown[str(step)] = dict(
                    parameters={n: t.flatten().tolist() for n, t in self.theta.items()}, figures={})
        return shown


index_of = NAMES.index


def lr_dropout(keep, period=1):
    def mask(run, n, step, g):
        b = run.bases[n]
        b.take(g, run.theta[n])
        kept = element_coins(step // period, index_of(n), g.shape) < keep
        run.write(n, kept * b.lr * b.direction(), kept)
    return mask


def cautious_decay(run, n, step, g):
    b = run.bases[n]
    b.take(g, run.theta[n])
    u = b.direction()
    run.write(n, b.lr * u, u * run.theta[n] >= 0)


def grams(run, n, step, g):
    b = run.bases[n]
    b.take(g, run.theta[n])
    run.write(n, b.lr * np.sign(g) * np.abs(b.direction()))


def mgup(share, alpha, gamma):
    def mask(run, n, step, g):
        b = run.bases[n]
        b.take(g, run.theta[n])
        u = b.direction()
        order = np.argsort(-(u * g).flatten(), kind="stable")
        factors = np.full(g.size, gamma)
        factors[order[:int(share * g.size)]] = alpha
        run.write(n, b.lr * factors.reshape(g.shape) * u)
    return mask


def c_mgup(alpha, gamma):
    def mask(run, n, step, g):
        b = run.bases[n]
        b.take(g, run.theta[n])
        u = b.direction()
        run.write(n, b.lr * np.where(u * g >= 0, alpha, gamma) * u)
    return mask


def unbiased_sample(run, n, step, g):
    b = run.bases[n]
    b.take(g, run.theta[n])
    p = sigmoid(cosine(run.momentum(n, g), g) / 2)
    kept = coin(step, index_of(n)) < p
    run.write(n, kept * b.lr * b.direction() / p, kept / p)


def child_tuning(keep):
    def mask(run, n, step, g):
        b = run.bases[n]
        b.take(g * (element_coins(step, index_of(n), g.shape) < keep) / keep, run.theta[n])
        run.write(n, b.lr * b.direction())
    return mask


LAYERS = [0, 1, 2]
LEADERS = {0: index_of("0.q"), 1: index_of("1.q"), 2: index_of("2.q")}
layer_of = lambda n: int(n.split(".")[0])


def layerwise(chosen, resets=False):
    """Blocks that `chosen(step)` leaves out keep weights and moments."""
    dropped = {}

    def mask(run, n, step, g):
        b = run.bases[n]
        if n not in chosen(step):
            dropped[n] = True
            return
        if resets and dropped.get(n):
            b.fresh()
        dropped[n] = False
        b.take(g, run.theta[n])
        run.write(n, b.lr * b.direction())
    return mask


def suffix(step):
    first = int(coin(step, len(NAMES)) * len(LAYERS))
    return [n for n in MASKED if layer_of(n) >= first]


def cycle(period):
    return lambda step: [n for n in MASKED if layer_of(n) == step // period % len(LAYERS)]


def layers_drawn(units, period):
    def chosen(step):
        order = sorted(LAYERS, key=lambda layer: coin(step // period, LEADERS[layer]))
        return [n for n in MASKED if layer_of(n) in order[:units]]
    return chosen


def half(period):
    def chosen(step):
        order = sorted(MASKED, key=lambda n: coin(step // period, index_of(n)))
        return order[:math.floor(len(MASKED) / 2 + 0.5)]
    return chosen


def rule(keep, scale, element=False, rescale="none", period=1):
    """`keep` and `scale` are functions of a namespace of values, as the formulas say."""
    def mask(run, n, step, g):
        b = run.bases[n]
        held = step // period
        values = dict(
            step=step, t=step / STEPS, depth=MASKED.index(n) / (len(MASKED) - 1),
            layer=layer_of(n), attention=float(ROLE[n] == "attention"),
            mlp=float(ROLE[n] == "mlp"), cosMean=run.mean[n],
            noise=math.sqrt(1 - (b.beta if b.has_momentum else 0.9) ** 2), n=g.size,
            uniform=coin(held, index_of(n)), w=np.linalg.norm(run.theta[n]))
        b.take(g, run.theta[n])
        run.own[n] = 0.9 * run.own[n] + 0.1 * g
        mu = run.momentum(n, g)
        cos = cosine(mu, g)
        run.mean[n] += 0.1 * (cos - run.mean[n])
        score = sigmoid(cos / 2)
        run.s[n] = 0.9 * run.s[n] + 0.1 * score
        u = b.direction()
        elements = dict(g=g, m=mu, u=u, w=run.theta[n])
        norms = {k: np.linalg.norm(v) for k, v in elements.items()}
        values.update(cos=cos, score=score, s=run.s[n], **norms, e=elements)
        if element:
            values.update(elements)
            values["uniform"] = element_coins(held, index_of(n), g.shape)

        seen = {}

        def ema(key, x, beta):
            # A formula that is written out twice is averaged once a step in either place.
            if key not in seen:
                old = run.averages.get((n, key))
                run.averages[n, key] = x if old is None else beta * old + (1 - beta) * x
                seen[key] = run.averages[n, key]
            return seen[key]

        values["ema"] = ema
        p = keep(values)
        if element:
            p = np.clip(p + np.zeros(g.shape), 0, 1)
            kept = element_coins(held, index_of(n), g.shape) < p
            p = float(p.mean())
        else:
            p = min(1, max(0, p))
            kept = run.coins[n] if n in run.coins else coin(held, index_of(n)) < p
        values["keep"] = p
        factor = scale(values)
        decay = kept * (factor if np.ndim(factor) == 0 else 1)
        moved = kept * b.lr * factor * u
        if rescale == "keep":
            moved, decay = moved / p, decay / p
        if rescale == "share":
            moved = moved * (g.size / (kept.sum() + 1))
        run.write(n, moved, decay)
    return mask


RULES = [
    # base, settings of the rule, keep, scale, element, rescale
    ("adam", "scale=s", "keep=0.5", lambda v: .5, lambda v: v["s"], False, "none"),
    ("adamw", "rescale=keep", "keep=.7", lambda v: .7, lambda v: 1, False, "keep"),
    ("rmsprop", "scale='1 + cos'", "keep='where(cos > noise, .9, .3)'",
     lambda v: .9 if v["cos"] > v["noise"] else .3, lambda v: 1 + v["cos"], False, "none"),
    ("lion", "scale='2 - t'", "keep='.2 + .6*depth'", lambda v: .2 + .6 * v["depth"],
     lambda v: 2 - v["t"], False, "none"),
    ("adam", "scale='min(1, u/(10*w))'", "keep='attention or layer == 1'",
     lambda v: float(v["attention"] or v["layer"] == 1),
     lambda v: min(1, v["u"] / (10 * v["w"])), False, "none"),
    ("sgd", "scale='sqrt(g)/(1 + m)'", "keep='clamp(score^2*2, .1, .8)'",
     lambda v: min(.8, max(.1, v["score"] ** 2 * 2)), lambda v: math.sqrt(v["g"]) / (1 + v["m"]),
     False, "none"),
    ("adam", "scale='share(u*g > 0)'", "keep='mean(abs(u)) < .8'",
     lambda v: float(np.abs(v["e"]["u"]).mean() < .8),
     lambda v: (v["e"]["u"] * v["e"]["g"] > 0).mean(), False, "none"),
    ("adamw", "scale='ema(cos, .8) + 1'", "keep='ema(step, .5) > 3'",
     lambda v: float(v["ema"]("k", v["step"], .5) > 3),
     lambda v: v["ema"]("s", v["cos"], .8) + 1, False, "none"),
    ("rmsprop", "scale='uniform + keep'", "keep='.3 + .5*mlp'", lambda v: .3 + .5 * v["mlp"],
     lambda v: v["uniform"] + v["keep"], False, "none"),
    ("adam", "scale='exp(-abs(cosMean))*log(n)'", "keep='step > 4 and not mlp'",
     lambda v: float(v["step"] > 4 and not v["mlp"]),
     lambda v: math.exp(-abs(v["cosMean"])) * math.log(v["n"]), False, "none"),
    ("adamw", "grain=element,rescale=share", "keep='u*g > 0'",
     lambda v: (v["u"] * v["g"] > 0).astype(float), lambda v: 1, True, "share"),
    ("adam", "grain=element,scale='1/keep'", "keep='sigmoid(u*sign(g))'",
     lambda v: sigmoid(v["u"] * np.sign(v["g"])), lambda v: 1 / v["keep"], True, "none"),
    ("lion", "grain=element,scale='where(abs(w) < mean(abs(w)), 2, .5)'", "keep=.6",
     lambda v: .6, lambda v: np.where(np.abs(v["w"]) < np.abs(v["w"]).mean(), 2, .5), True, "none"),
    ("rmsprop", "grain=element,scale='sqrt(abs(m))/(sqrt(abs(m)) + abs(g))'",
     "keep='uniform < s'", lambda v: (v["uniform"] < v["s"]).astype(float),
     lambda v: np.sqrt(np.abs(v["m"])) / (np.sqrt(np.abs(v["m"])) + np.abs(v["g"])), True, "none"),
    ("adam", "grain=element", "keep='share(abs(u) > .7*mean(abs(u)))*max(0, sign(u*g))'",
     lambda v: (np.abs(v["u"]) > .7 * np.abs(v["u"]).mean()).mean() * np.maximum(
         0, np.sign(v["u"] * v["g"])), lambda v: 1, True, "none"),
]


class RandomRules:
    """Formulas drawn at random, as the arm grammar writes them and as Python evaluates them."""

    NAMES = ["t", "depth", "layer", "attention", "mlp", "cos", "cosMean", "noise", "score", "s", "g",
             "m", "u", "w", "uniform"]
    ELEMENTS = [("mean(abs(u))", lambda e: np.abs(e["u"]).mean()),
                ("mean(u*g)", lambda e: (e["u"] * e["g"]).mean()),
                ("share(u*g > 0)", lambda e: (e["u"] * e["g"] > 0).mean()),
                ("share(abs(w) > abs(m))", lambda e: (np.abs(e["w"]) > np.abs(e["m"])).mean())]

    def __init__(self, seed):
        self.dice, self.count = np.random.default_rng(seed), 0

    def pick(self, choices):
        return choices[int(self.dice.integers(len(choices)))]

    def draw(self, depth, names):
        """A formula, and a function of the values that it speaks of."""
        if depth == 0 or self.dice.random() < .15:
            kind = self.dice.random()
            if kind < .2:
                text, value = self.pick(self.ELEMENTS)
                return text, lambda v: value(v["e"])
            if kind < .45:
                number = round(float(self.dice.uniform(.1, 2)), 2)
                return str(number), lambda v: number
            name = self.pick(names)
            return name, lambda v: v[name]
        (a, x), (b, y) = self.draw(depth - 1, names), self.draw(depth - 1, names)
        self.count += 1
        key = self.count
        return self.pick([
            (f"({a} + {b})", lambda v: x(v) + y(v)),
            (f"({a} - {b})", lambda v: x(v) - y(v)),
            (f"({a} * {b})", lambda v: x(v) * y(v)),
            (f"{a} / (1 + abs({b}))", lambda v: x(v) / (1 + abs(y(v)))),
            (f"min({a}, {b})", lambda v: min(x(v), y(v))),
            (f"max({a}, {b})", lambda v: max(x(v), y(v))),
            (f"clamp({a}, .1, 1 + abs({b}))", lambda v: min(1 + abs(y(v)), max(.1, x(v)))),
            (f"where({a} > {b}, {a}, .5)", lambda v: x(v) if x(v) > y(v) else .5),
            (f"sqrt(abs({a}))", lambda v: math.sqrt(abs(x(v)))),
            (f"exp(-abs({a}))", lambda v: math.exp(-abs(x(v)))),
            (f"log(1 + abs({a}))", lambda v: math.log(1 + abs(x(v)))),
            (f"sigmoid({a} - {b})", lambda v: sigmoid(x(v) - y(v))),
            (f"abs({a})^1.5", lambda v: abs(x(v)) ** 1.5),
            (f"ema({a}, .7)", lambda v: v["ema"](key, x(v), .7)),
        ])

    def rules(self, count):
        for number in range(count):
            keep, p = self.draw(1 + number % 2, self.NAMES)
            scale, factor = self.draw(1 + number % 3, self.NAMES + ["keep"])
            yield (f"keep='clamp({keep}, .05, .95)',scale='clamp({scale}, -2, 2)'",
                   lambda v, p=p: min(.95, max(.05, p(v))),
                   lambda v, factor=factor: min(2, max(-2, factor(v))),
                   self.pick(["none", "keep"]))


RATES = dict(sgd=0.1, adam=0.01, adamw=0.01, rmsprop=0.01, lion=0.01)
KINDS = dict(sgd=SGD, adam=Adam, adamw=AdamW, rmsprop=RMSProp, lion=Lion)
DECAY = dict(adamw=0.3, lion=0.2)


def plain(run, n, step, g):
    b = run.bases[n]
    b.take(g, run.theta[n])
    run.write(n, b.lr * b.direction())


def magma(keep):
    def mask(run, n, step, g):
        b = run.bases[n]
        b.take(g, run.theta[n])
        run.s[n] = 0.9 * run.s[n] + 0.1 * sigmoid(cosine(run.momentum(n, g), g) / 2)
        kept = (coin(step, index_of(n)) < keep) * run.s[n]
        run.write(n, kept * b.lr * b.direction(), kept)
    return mask


def main():
    cases = []

    def add(arm, mask, kind, lr, wd=0.0, scope=MASKED, problem="layers", **more):
        run = Run(mask, lambda n: base(kind, n, lr, wd, **more), scope, problem)
        cases.append(dict(arm=arm, oracle="numpy", problem=problem, steps=run.run()))

    add("lr-dropout(rmsprop):lr=0.01,keep=0.3", lr_dropout(0.3), RMSProp, 0.01)
    add("lr-dropout(adamw):lr=0.01,wd=0.3", lr_dropout(0.5), AdamW, 0.01, 0.3)
    add("cautious-decay(adamw):lr=0.01,wd=0.3", cautious_decay, AdamW, 0.01, 0.3, NAMES)
    add("cautious-decay(lion):lr=0.01,wd=0.2", cautious_decay, Lion, 0.01, 0.2, NAMES)
    add("grams(adam):lr=0.01", grams, Adam, 0.01, 0, NAMES)
    add("grams(adamw):lr=0.01,wd=0.3", grams, AdamW, 0.01, 0.3, NAMES)
    add("mgup(adamw):lr=0.01,wd=0.1", mgup(.5, 2, .1), AdamW, 0.01, 0.1, NAMES)
    add("mgup(lion):lr=0.01,share=0.3,alpha=3,gamma=0", mgup(.3, 3, 0), Lion, 0.01, 0, NAMES)
    add("c-mgup(adam):lr=0.01", c_mgup(2, .1), Adam, 0.01, 0, NAMES)
    add("c-mgup(adamw):lr=0.01,wd=0.3,alpha=1,gamma=0", c_mgup(1, 0), AdamW, 0.01, 0.3, NAMES)
    add("unbiased-sample(adam):lr=0.01", unbiased_sample, Adam, 0.01)
    add("child-tuning(adam):lr=0.01,keep=0.4", child_tuning(.4), Adam, 0.01)
    add("child-tuning(sgd):momentum=0.9", child_tuning(.3), SGD, 0.1, beta=0.9, has_momentum=True)
    add("random-mask(sgd):lr=0.1,keep=0.3", lr_dropout(.3, 10 ** 9), SGD, 0.1)
    add("drop-muon(muon)", layerwise(suffix), Muon, 0.02)
    add("drop-muon(adam):lr=0.01", layerwise(suffix), Adam, 0.01)
    add("badam(adam):lr=0.01,period=2", layerwise(cycle(2), True), Adam, 0.01)
    add("badam(lion):lr=0.01,period=1", layerwise(cycle(1), True), Lion, 0.01)
    add("lisa(adamw):lr=0.01,wd=0.3,period=2,units=1", layerwise(layers_drawn(1, 2)), AdamW,
        0.01, 0.3)
    add("lisa(adam):lr=0.01", layerwise(layers_drawn(2, 20)), Adam, 0.01)
    add("hft(adam):lr=0.01,period=3", layerwise(half(3)), Adam, 0.01)
    add("normuon", plain, NorMuon, 0.02)
    add("normuon:nesterov=true,wd=0.1", plain, NorMuon, 0.02, 0.1, nesterov=True)
    add("magma(normuon):mask=0.3", magma(.7), NorMuon, 0.02)
    add("tam", plain, TAM, 0.1)
    add("tam:momentum=0.8,gamma=0.5,wd=0.1", plain, TAM, 0.1, 0.1, beta=0.8, gamma=0.5)
    add("magma(tam):mask=0.3", magma(.7), TAM, 0.1)
    for name, settings, keep_text, keep, scale, element, rescale in RULES:
        wd = DECAY.get(name, 0.0)
        written = f"rule({name}):lr={RATES[name]}" + (f",wd={wd}" if wd else "")
        add(f"{written},{keep_text},{settings}", rule(keep, scale, element, rescale), KINDS[name],
            RATES[name], wd)
    for number, (text, keep, scale, rescale) in enumerate(RandomRules(5).rules(40)):
        name = list(RATES)[number % len(RATES)]
        wd = DECAY.get(name, 0.0)
        written = f"rule({name}):lr={RATES[name]}" + (f",wd={wd}" if wd else "")
        add(f"{written},{text},rescale={rescale}", rule(keep, scale, False, rescale), KINDS[name],
            RATES[name], wd, problem="coins")

    rounded = lambda v: ([rounded(x) for x in v] if isinstance(v, (list, np.ndarray)) else
                         {k: rounded(x) for k, x in v.items()} if isinstance(v, dict) else
                         float(f"{v:.7g}") if isinstance(v, (float, np.floating)) else v)
    target = pathlib.Path(__file__).with_name("named.json")
    target.write_text(json.dumps(
        dict(problems=rounded(PROBLEMS), cases=rounded(cases)),
        separators=(",", ":")) + "\n")
    print(len(cases), "cases,", target.stat().st_size, "bytes")


main()

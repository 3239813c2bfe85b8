"""Reference trajectories for OptimizersTests, in double precision.

Bases are the classes of torch.optim and pytorch-optimizer themselves; masking is magma-optimizer's and
pytorch-optimizer's own Magma where they have the setting, else written out below. Coins are forced by
replacing torch.bernoulli; bfloat16 inside Muon's Newton-Schulz is replaced by float64.

    pip install torch magma-optimizer pytorch-optimizer && python make_fixtures.py
"""

import functools
import json
import math
import pathlib

import numpy as np
import torch
import pytorch_optimizer as po
import torch.optim._muon as torch_muon
from magma import Magma as PyPIMagma
from pytorch_optimizer.base.optimizer import BaseOptimizer
from pytorch_optimizer.optimizer.utils.galore import GaLoreProjector

torch.set_default_dtype(torch.float64)
STEPS = 12
SHOWN = [1, 12]

SHAPES = {
    "mixed": [("embed", [5, 4], "embedding"), ("q", [6, 4], "attention"), ("up", [4, 6], "mlp"),
              ("norm", [4], "norm"), ("head", [3, 4], "head")],
    "square": [("embed", [4, 4], "embedding"), ("q", [5, 5], "attention"), ("up", [4, 4], "mlp"),
               ("norm", [4], "norm")],
}


def make_problem(name, seed):
    generator = np.random.default_rng(seed)
    blocks, steps = [], []
    draw = lambda shape, scale: np.float32(generator.normal(0, scale, int(np.prod(shape))))
    for block, shape, role in SHAPES[name]:
        blocks.append(dict(name=block, shape=shape, role=role, values=draw(shape, 0.5)))
    drift = {block: draw(shape, 0.3) for block, shape, _ in SHAPES[name]}
    for _ in range(STEPS):
        gradients = {b: drift[b] + draw(s, 0.5) for b, s, _ in SHAPES[name]}
        coins = {b: int(generator.random() < 0.6) for b, _, role in SHAPES[name]
                 if role in ("attention", "mlp")}
        steps.append(dict(gradients=gradients, coins=coins))
    return dict(blocks=blocks, steps=steps)


PROBLEMS = {"mixed": make_problem("mixed", 7), "square": make_problem("square", 8)}


class Run:
    """Parameters of a problem, and the coins of the step at hand for torch.bernoulli."""

    def __init__(self, problem):
        self.problem = PROBLEMS[problem]
        self.parameters = {
            b["name"]: torch.nn.Parameter(torch.tensor(np.float64(b["values"])).reshape(b["shape"]))
            for b in self.problem["blocks"]}
        self.roles = {b["name"]: b["role"] for b in self.problem["blocks"]}
        self.masked = [n for n, r in self.roles.items() if r in ("attention", "mlp")]

    def all(self):
        return list(self.parameters.values())

    def part(self, masked):
        return [p for n, p in self.parameters.items() if (n in self.masked) == masked]

    def load(self, step):
        for name, values in step["gradients"].items():
            p = self.parameters[name]
            p.grad = torch.tensor(np.float64(np.float32(values))).reshape(p.shape).clone()

    def values(self):
        return {n: p.detach().flatten().tolist() for n, p in self.parameters.items()}


class Coins:
    """Hands out the coins of a step in block order, or always heads."""

    def __init__(self):
        self.queue = None

    def __call__(self, probability):
        return torch.ones_like(probability) if self.queue is None else torch.full_like(
            probability, float(self.queue.pop(0)))


COINS = Coins()
torch.bernoulli = COINS


# Bases -------------------------------------------------------------------------------------------

def float64_newton_schulz(gradient, coefficients, steps, eps):
    a, b, c = coefficients
    x = gradient.clone()
    x = x.T if gradient.size(0) > gradient.size(1) else x
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if gradient.size(0) > gradient.size(1) else x


torch_muon._zeropower_via_newtonschulz = float64_newton_schulz
import pytorch_optimizer.optimizer.muon.base as muon_base  # noqa: E402

muon_base.zero_power_via_newton_schulz_5 = functools.partial(
    muon_base.zero_power_via_newton_schulz_5, dtype=torch.float64)


class Several:
    """Some optimizers stepped together."""

    def __init__(self, *optimizers):
        self.optimizers = optimizers
        self.param_groups = [g for o in optimizers for g in o.param_groups]

    @property
    def state(self):
        return {p: s for o in self.optimizers for p, s in o.state.items()}

    def step(self, closure=None):
        for optimizer in self.optimizers:
            optimizer.step()


def muon(run, adjust="original", nesterov=True, wd=0.0, momentum=0.95):
    return Several(
        torch.optim.Muon(run.part(True), lr=0.02, weight_decay=wd, momentum=momentum,
                         nesterov=nesterov, adjust_lr_fn=adjust),
        torch.optim.AdamW(run.part(False), lr=1e-3, weight_decay=wd))


def port_muon(run):
    return po.Muon([dict(params=run.part(True), use_muon=True),
                    dict(params=run.part(False), use_muon=False, lr=1e-3, betas=(0.9, 0.999),
                         eps=1e-8)], foreach=False)


class CautiousAdamW(torch.optim.AdamW):
    """AdamW whose step passes through pytorch-optimizer's own apply_cautious."""

    @torch.no_grad()
    def step(self, closure=None):
        group = self.param_groups[0]
        parameters = group["params"]
        decay, group["weight_decay"] = group["weight_decay"], 0.0
        before = [p.detach().clone() for p in parameters]
        super().step()
        group["weight_decay"] = decay
        for p, old in zip(parameters, before):
            update = old - p
            BaseOptimizer.apply_cautious(update, p.grad)
            p.copy_(old * (1 - group["lr"] * decay) - update)


# Random projections of APOLLO: the package's own Philox streams, written again.

def philox(low, high, key):
    mask = 0xFFFFFFFF
    c = [low & mask, low >> 32, high & mask, high >> 32]
    k = list(key)
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & mask, (p >> 32) ^ c[3] ^ k[1], p & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


def normals(seed, purpose, substream, count):
    full = (1 << 64) - 1
    z = (seed + purpose * 0x9E3779B97F4A7C15) & full
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & full
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & full
    z ^= z >> 31
    words, counter, found = [], 0, []
    key = (z & 0xFFFFFFFF, z >> 32)

    def uniform():
        nonlocal words, counter
        if len(words) < 2:
            words += philox(counter, substream, key)
            counter += 1
        high, low = words[0], words[1]
        words = words[2:]
        return ((high << 32 | low) >> 11) * 2.0 ** -53

    while len(found) < count:
        radius = math.sqrt(-2 * math.log(1 - uniform()))
        angle = 2 * math.pi * uniform()
        found += [radius * math.cos(angle), radius * math.sin(angle)]
    return found[:count]


PROJECTION = 8


def projection(block, epoch, rank, side):
    values = np.array(normals(0, PROJECTION, block << 32 | epoch, rank * side)) / math.sqrt(rank)
    return torch.tensor(np.float64(np.float32(values))).reshape(rank, side)


class Projector(GaLoreProjector):
    """GaLoreProjector with our random matrices in place of torch.randn."""

    def __init__(self, block, *arguments, **named):
        super().__init__(*arguments, **named)
        self.block, self.count = block, 0

    def project(self, grad, num_steps, *arguments, **named):
        self.count = num_steps
        return super().project(grad, num_steps, *arguments, **named)

    def get_orthogonal_matrix(self, weights, projection_type, from_random_matrix=False):
        side = weights.size(1 if projection_type == "right" else 0)
        p = projection(self.block, self.count // self.update_proj_gap, self.rank, side)
        return p if projection_type == "right" else p.T.contiguous()


def port_apollo(run, rank, gap, scale_type="channel"):
    optimizer = po.APOLLO(
        [dict(params=run.part(True), rank=rank, update_proj_gap=gap, scale=1.0,
              projection_type="std"), dict(params=run.part(False))],
        lr=0.01, scale_type=scale_type, weight_decay=0.0, foreach=False)
    for index, (name, p) in enumerate(run.parameters.items()):
        if name in run.masked:
            optimizer.state[p]["projector"] = Projector(
                index, rank=rank, update_proj_gap=gap, scale=1.0, projection_type="std")
    return optimizer


class PaperAPOLLO:
    """The paper's Algorithm 1 (channel-wise), on attention and MLP matrices; Adam elsewhere."""

    def __init__(self, run, rank, gap):
        self.run, self.rank, self.gap, self.count = run, rank, gap, 0
        self.state = {}
        self.param_groups = [dict(params=run.all())]

    @torch.no_grad()
    def step(self, closure=None):
        self.count += 1
        size = 0.01 * math.sqrt(1 - 0.999 ** self.count) / (1 - 0.9 ** self.count)
        for index, (name, p) in enumerate(self.run.parameters.items()):
            state = self.state.setdefault(p, {})
            g = p.grad
            tall = p.dim() == 2 and p.size(0) >= p.size(1)
            low = g
            if name in self.run.masked:
                matrix = projection(index, self.count // self.gap, self.rank, min(p.shape))
                low = g @ matrix.T if tall else matrix @ g
            m = state["m"] = 0.9 * state.get("m", 0) + 0.1 * low
            v = state["v"] = 0.999 * state.get("v", 0) + 0.001 * low ** 2
            direction = m / (v.sqrt() + 1e-6)
            if name in self.run.masked:
                axis = 1 if tall else 0
                factor = direction.norm(dim=axis) / (low.norm(dim=axis) + 1e-8)
                direction = g * (factor[:, None] if tall else factor[None, :])
                norm = direction.norm()
                if "norm" in state:
                    limiter = max(norm / (state["norm"] + 1e-8), torch.tensor(1.01)) / 1.01
                    direction, norm = direction / limiter, norm / limiter
                state["norm"] = norm
            p.sub_(size * direction)


BASES = {
    "sgd": lambda r: torch.optim.SGD(r.all(), lr=0.1),
    "sgd:momentum=0.9,nesterov=true,wd=0.02": lambda r: torch.optim.SGD(
        r.all(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.02),
    "rmsprop": lambda r: torch.optim.RMSprop(r.all(), lr=1e-3),
    "rmsprop:lr=0.01,momentum=0.8,centered=true,wd=0.1": lambda r: torch.optim.RMSprop(
        r.all(), lr=0.01, momentum=0.8, centered=True, weight_decay=0.1),
    "adam": lambda r: torch.optim.Adam(r.all(), lr=1e-3),
    "adam:lr=0.01,beta1=0.8,wd=0.1": lambda r: torch.optim.Adam(
        r.all(), lr=0.01, betas=(0.8, 0.999), weight_decay=0.1),
    "adamw:lr=0.01,wd=0.3": lambda r: torch.optim.AdamW(r.all(), lr=0.01, weight_decay=0.3),
    "cadamw:lr=0.01,wd=0.3": lambda r: CautiousAdamW(r.all(), lr=0.01, weight_decay=0.3),
    "laprop:lr=0.01,wd=0.2": lambda r: po.LaProp(r.all(), lr=0.01, weight_decay=0.2),
    "lion:lr=0.01,wd=0.2": lambda r: po.Lion(r.all(), lr=0.01, weight_decay=0.2),
    "lion:lr=0.01,beta2=0.9": lambda r: po.Lion(r.all(), lr=0.01, betas=(0.9, 0.9),
                                                weight_decay=0.0),
    "adafactor:wd=0.2": lambda r: torch.optim.Adafactor(
        r.all(), lr=0.01, eps=(1.1920929e-7, 1e-3), weight_decay=0.2),
    "adafactor:lr=0.5": lambda r: torch.optim.Adafactor(
        r.all(), lr=0.5, eps=(1.1920929e-7, 1e-3)),
    "muon:wd=0.1": lambda r: muon(r, wd=0.1),
    "muon:scaling=rms,nesterov=false,momentum=0.9": lambda r: muon(
        r, "match_rms_adamw", False, momentum=0.9),
    "muon": port_muon,
    "soap:lr=0.01,wd=0.1,every=3": lambda r: po.SOAP(
        r.all(), lr=0.01, weight_decay=0.1, precondition_frequency=3),
    "soap:lr=0.01,wd=0,maxdim=4": lambda r: po.SOAP(
        r.all(), lr=0.01, weight_decay=0.0, max_precondition_dim=4),
    "apollo:rank=2,gap=5": lambda r: PaperAPOLLO(r, 2, 5),
    "apollo:rank=2,gap=5,form=projected": lambda r: port_apollo(r, 2, 5),
    "apollo:rank=2,gap=5,form=projected,channels=tensor": lambda r: port_apollo(
        r, 2, 5, "tensor"),
}
SQUARE = ("soap",)


# Wrappers ----------------------------------------------------------------------------------------

class Masked:
    """SkipUpdate and relatives over any optimizer: step, then blend with the old parameters."""

    def __init__(self, run, optimizer, keep=0.5, kind="magma", tau=2.0, s0=0.5, ema=0.9,
                 before=False, rescale="none", damped=True, first="exp_avg"):
        self.__dict__.update(locals())
        self.scale, self.own = {}, {}

    def momentum(self, p):
        state = self.optimizer.state.get(p, {})
        for key in ("exp_avg", "momentum_buffer"):
            if key in state:
                return state[key].clone()
        return self.own.get(p)

    @torch.no_grad()
    def step(self, coins):
        old = {p: p.detach().clone() for p in self.run.all()}
        gradients = {p: p.grad.clone() for p in self.run.all()}
        stale = {p: self.momentum(p) for p in self.run.all()}
        self.optimizer.step()
        self.figures = {}
        for name in self.run.masked:
            p = self.run.parameters[name]
            g = gradients[p]
            self.own[p] = 0.9 * self.own.get(p, torch.zeros_like(g)) + 0.1 * g
            mu = stale[p] if self.before else self.momentum(p)
            cosine = 0.0
            if mu is not None and mu.norm() > 0:
                cosine = float((mu * g).sum() / mu.norm() / g.norm())
            score = 1 / (1 + math.exp(-cosine / self.tau))
            s = self.scale.get(name, score if self.s0 == "first" else self.s0)
            s = self.scale[name] = self.ema * s + (1 - self.ema) * score
            factor = s if self.damped else 1.0
            factor *= {"none": 1.0, "keep": 1 / self.keep, "score": 1 / score}[self.rescale]
            if self.kind == "skip":
                factor = 1 / self.keep
            coin = 1 if self.kind == "damp" else coins[name]
            p.copy_(old[p] + factor * coin * (p - old[p]))
            self.figures[name] = [cosine, score, factor]


def trajectory(run, step, figures=lambda: None):
    shown = {}
    for index, data in enumerate(run.problem["steps"]):
        run.load(data)
        COINS.queue = None
        step(data["coins"])
        if index + 1 in SHOWN:
            shown[str(index + 1)] = dict(parameters=run.values(), figures=figures())
    return shown


def base_case(arm):
    run = Run("square" if arm.split(":")[0] in SQUARE else "mixed")
    optimizer = BASES[arm](run)
    return trajectory(run, lambda coins: optimizer.step())


def own_case(base, **settings):
    run = Run("square" if base.split(":")[0] in SQUARE else "mixed")
    masked = Masked(run, BASES[base](run), **settings)
    return trajectory(run, masked.step, lambda: masked.figures)


def pypi_case(base, keep):
    """magma-optimizer itself: s starts at 1, its own average of the gradient at 0.9."""
    run = Run("mixed")
    optimizer = PyPIMagma(BASES[base](run), mask_prob=keep, exclude=set(run.part(False)))
    order = [n for p in optimizer.param_groups for q in p["params"]
             for n, r in run.parameters.items() if r is q and n in run.masked]

    def step(coins):
        COINS.queue = [coins[n] for n in order]
        optimizer.step()

    return trajectory(run, step)


def port_case(base, keep, s0=1.0, coin=None):
    """pytorch-optimizer's Magma itself, over the base's own first moment where it has one."""
    run = Run("mixed")
    inner = BASES[base](run)
    optimizer = po.Magma(torch.optim.SGD(run.all(), lr=1.0), mask_prob=keep,
                         exclude=set(run.part(False)), foreach=False)
    optimizer.optimizer = inner
    optimizer._state = {id(p): {"alignment": torch.tensor(s0, dtype=torch.float32)}
                        for p in run.all()}
    order = [n for p in inner.param_groups for q in p["params"]
             for n, r in run.parameters.items() if r is q and n in run.masked]

    def step(coins):
        COINS.queue = [coin if coin is not None else coins[n] for n in order]
        optimizer.step()

    return trajectory(run, step)


def sparse_case():
    """Moments frozen on masked steps: the optimizer does not see the gradient at all."""
    run = Run("mixed")
    optimizer = torch.optim.Adam(run.all(), lr=1e-3)

    @torch.no_grad()
    def step(coins):
        old = run.parameters["q"].detach().clone(), run.parameters["up"].detach().clone()
        for name, coin in coins.items():
            if not coin:
                run.parameters[name].grad = None
        optimizer.step()
        for name, before in zip(("q", "up"), old):
            p = run.parameters[name]
            p.copy_(before + (p - before) / 0.7)

    return trajectory(run, step)


def outside_case():
    """AdamW's decay outside the mask."""
    run = Run("mixed")
    inner = torch.optim.AdamW(run.all(), lr=0.01, weight_decay=0.0)
    masked = Masked(run, inner, keep=0.5)

    @torch.no_grad()
    def step(coins):
        # The moments do not see the parameters, so decaying first changes nothing but the decay.
        for p in run.all():
            p.mul_(1 - 0.01 * 0.3)
        masked.step(coins)

    return trajectory(run, step)


def cautious_case(base, **named):
    run = Run("mixed")
    optimizer = getattr(po, base)(run.all(), lr=0.01, cautious=True, **named)
    return trajectory(run, lambda coins: optimizer.step())


def matched_case():
    """Adam at the rate of a Magma arm without one to follow: keep · s0 on the masked blocks."""
    run = Run("mixed")
    optimizer = Several(torch.optim.Adam(run.part(True), lr=0.01 * 0.7 * 0.5),
                        torch.optim.Adam(run.part(False), lr=0.01))
    return trajectory(run, lambda coins: optimizer.step())


def main():
    cases = [dict(arm=arm, oracle="class", steps=base_case(arm)) for arm in BASES]

    def add(arm, steps, oracle):
        cases.append(dict(arm=arm, oracle=oracle, steps=steps))

    over = ["adam", "rmsprop", "lion:lr=0.01,wd=0.2", "muon:wd=0.1"]
    joined = lambda base, keys: base.split(":")[0] + "):" + ",".join(base.split(":")[1:] + [keys])
    for base in over:
        add("skip(" + joined(base, "mask=0.3"), own_case(base, keep=0.7, kind="skip"), "own")
        add("damp(" + joined(base, "s0=0.5"), port_case(base, 1.0, 0.5, 1), "pytorch-optimizer")
        add("magma(" + joined(base, "mask=0.3,s0=1"), port_case(base, 0.7), "pytorch-optimizer")
        add("magma(" + joined(base, "mask=0.3"), own_case(base, keep=0.7), "own")
    for base in ["adam", "rmsprop", "lion:lr=0.01,beta2=0.9"]:
        add("magma(" + joined(base, "mask=0.25,s0=1"), pypi_case(base, 0.75), "magma-optimizer")
    for base in ["sgd", "sgd:momentum=0.9,nesterov=true,wd=0.02",
                 "rmsprop:lr=0.01,momentum=0.8,centered=true,wd=0.1", "adamw:lr=0.01,wd=0.3",
                 "laprop:lr=0.01,wd=0.2", "adafactor:wd=0.2", "soap:lr=0.01,wd=0.1,every=3"]:
        add("magma(" + joined(base, "mask=0.3"), own_case(base, keep=0.7), "own")
    add("magma(adam):mu=before,tau=0.25,ema=0.5", own_case(
        "adam", before=True, tau=0.25, ema=0.5), "own")
    add("magma(adam):s0=first,rescale=keep,mask=0.3", own_case(
        "adam", s0="first", rescale="keep", keep=0.7), "own")
    add("sample(adam):damped=true,rescale=score", own_case("adam", rescale="score"), "own")
    add("sample(rmsprop)", own_case("rmsprop", damped=False), "own")
    add("magma(adamw):lr=0.01,wd=0.3,decay=outside", outside_case(), "own")
    add("skip(adam):moments=sparse,mask=0.3", sparse_case(), "own")
    add("cautious(lion):lr=0.01,scope=all", cautious_case("Lion"), "pytorch-optimizer")
    add("cautious(laprop):lr=0.01,scope=all", cautious_case("LaProp"), "pytorch-optimizer")
    add("matched(magma(adam)):lr=0.01,mask=0.3", matched_case(), "own")

    rounded = lambda v: ([rounded(x) for x in v] if isinstance(v, (list, np.ndarray)) else
                         {k: rounded(x) for k, x in v.items()} if isinstance(v, dict) else
                         float(f"{v:.8g}") if isinstance(v, (float, np.floating)) else v)
    for case in cases:
        case["problem"] = "square" if any(s in case["arm"] for s in SQUARE) else "mixed"
    target = pathlib.Path(__file__).with_name("trajectories.json")
    target.write_text(json.dumps(
        dict(problems=rounded(PROBLEMS), cases=rounded(cases)), separators=(",", ":")) + "\n")
    print(len(cases), "cases,", target.stat().st_size, "bytes")


main()

"""What attacks are made of: a small run, a small sweep, presets, arms."""
import glob
import os
import shutil

from .oracle import ask, check

NANO = ["--model", "nano", "--steps", "6", "--eval-every", "3"]
BASES = ["sgd", "rmsprop", "adam", "adamw", "cadamw", "laprop", "lion", "muon", "adafactor", "soap", "apollo"]
WRAPPERS = ["skip", "damp", "magma", "sample", "cautious"]
KEYS = ["lr", "momentum", "nesterov", "wd", "alpha", "eps", "centered", "beta1", "beta2", "steps", "auxlr", "mask", "tau", "s0",
        "ema", "mu", "beta", "rescale", "scope", "grain", "moments", "decay", "decayOn", "keep", "period", "gates", "from", "until"]
VALUES = ["0", "1", "0.5", "1e-3", "-1", "1e400", "nan", "inf", "0x10", "first", "true", "none", "keep", "score", "element", "row",
          "tensor", "sparse", "inside", "outside", "matrices", "*", "*attn*", "zzz", "", "1,2", "a=b", "\x1b[31m", "9" * 60]


class Workshop:
    """Makes the undamaged originals once, in a directory of its own."""

    def __init__(self, binary, directory):
        self.binary, self.directory = binary, directory

    def copy(self, kind, to):
        original = os.path.join(self.directory, kind)
        if not os.path.isdir(original):
            getattr(self, "make_" + kind)(original)
        shutil.copytree(original, to, symlinks=True)
        return to

    def make_run(self, place):
        answer = ask(self.binary, "train", *NANO, "--arm", "adam", "--arm", "magma(adam)", "--out", place, seconds=60)
        check(answer.code == 0, answer.err)

    def make_sweep(self, place):
        answer = ask(
            self.binary, "sweep", "--model", "nano", "--steps", "4", "--arm", "adam", "--arm", "magma(adam)", "--grid",
            "lr=1e-3..1e-2:2", "--tuning-seeds", "1", "--judging-seeds", "1", "--out", place, seconds=120)
        check(answer.code == 0, answer.err)


def checkpoint(run):
    return sorted(glob.glob(os.path.join(run, "arms", "*", "seed-*")))[0]


def files(directory):
    return sorted(
        os.path.join(base, name) for base, _, names in os.walk(directory) for name in names)


def preset_texts():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "presets")
    return [open(path, encoding="utf-8").read() for path in sorted(glob.glob(os.path.join(root, "*.yaml")))]


def arm(random):
    """An arm that may be one, or nearly one."""
    text = random.choice(BASES)
    for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
        text = f"{random.choice(WRAPPERS + ['matched', 'all', 'nonsense'])}({text})"
    settings = [f"{random.choice(KEYS)}={random.choice(VALUES)}" for _ in range(random.choice([0, 0, 1, 1, 2, 4]))]
    text += (":" + ",".join(settings)) if settings else ""
    if random.random() < 0.15:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(["(", ")", ":", ",", "=", " ", "\u202e", "((((", "é", "-"]) + text[at + 1:]
    return text


def replay(random):
    count = random.choice([1, 2, 6])
    block = {"name": "w", "shape": [count], "role": "mlp", "values": [0.5] * count}
    steps = [{"gradients": {"w": [0.1] * count}, "coins": {"w": n % 2}} for n in range(random.choice([1, 3]))]
    return {"blocks": [block], "steps": steps}

"""Reference values for the Statistics module, from scipy and statsmodels-type computations.

Run `python make_statistics.py` in this directory; it writes statistics.json beside itself.
Everything is deterministic.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import scipy
from scipy import optimize, stats

MASK = (1 << 64) - 1


class SplitMix(np.random.RandomState):
    """The generator of the Swift side, so that scipy's own bootstrap draws the same indices."""

    def __init__(self, seed):
        super().__init__(0)
        self.state = seed & MASK

    def step(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def randint(self, low, high=None, size=None, dtype=int):
        low, high = (0, low) if high is None else (low, high)
        total = int(np.prod(size))
        values = [low + ((self.step() * (high - low)) >> 64) for _ in range(total)]
        return np.array(values, dtype=dtype).reshape(size)


def distributions():
    t, quantiles = [], []
    for degrees in [1, 1.5, 2, 4.7, 5, 7, 9, 29, 63.2, 1000]:
        for x in [-40, -6.5, -2.2, -0.3, 0, 1e-3, 0.7, 1.96, 3.5, 12]:
            t.append([x, degrees, stats.t.cdf(x, degrees), stats.t.pdf(x, degrees)])
        for p in [1e-8, 1e-4, 0.0053, 0.025, 0.3, 0.5, 0.61, 0.9, 0.975, 0.99995]:
            quantiles.append([p, degrees, stats.t.ppf(p, degrees)])
    normal = [[x, stats.norm.cdf(x), stats.norm.pdf(x)]
              for x in [-37, -12, -6.3, -2, -0.5, 0, 1e-4, 0.8, 1.96, 5, 9]]
    inverse = [[p, stats.norm.ppf(p)]
               for p in [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.2, 0.4999, 0.5, 0.7, 0.975, 0.999999]]
    beta = []
    for a in [0.5, 1, 2.5, 8, 60, 800]:
        for b in [0.5, 1, 3, 20.5, 400]:
            for x in [1e-6, 0.05, 0.3, 0.5, 0.8, 0.999]:
                value = stats.beta.cdf(x, a, b)
                if value > 1e-290:
                    beta.append([x, a, b, value])
    noncentral = []
    for degrees in [2, 5, 7, 15, 39, 120]:
        for shift in [0, 0.4, 1.7, 3.2]:
            for x in [-2.1, 0.3, 2.4, 4]:
                noncentral.append([x, degrees, shift, stats.nct.cdf(x, degrees, shift)])
    return {"t": t, "tQuantile": quantiles, "normal": normal, "normalQuantile": inverse,
            "beta": beta, "noncentralT": noncentral}


def binomials():
    mass, limits = [], []
    for trials, probability in [(1, 0.3), (8, 0.5), (40, 0.05), (400, 0.05), (1240, 0.5), (20000, 0.031)]:
        for share in [0, 0.01, 0.05, 0.3, 0.5, 0.51, 1]:
            k = round(share * trials)
            p, c = stats.binom.pmf(k, trials, probability), stats.binom.cdf(k, trials, probability)
            mass.append([k, trials, probability, p, c])
    for k, n in [(0, 8), (1, 8), (8, 8), (3, 20), (20, 400), (400, 400), (77, 4000)]:
        for level in [0.9, 0.95, 0.99]:
            two = stats.binomtest(k, n).proportion_ci(level, "exact")
            lower = stats.binomtest(k, n, alternative="greater").proportion_ci(level, "exact")
            upper = stats.binomtest(k, n, alternative="less").proportion_ci(level, "exact")
            limits.append([k, n, level, two.low, two.high, lower.low, upper.high])
    quantiles = [[q, n, p, int(stats.binom.ppf(q, n, p))]
                 for q in [0.05, 0.5, 0.95, 0.999] for n, p in [(400, 0.05), (1240, 0.5), (7, 0.2)]]
    return {"binomial": mass, "clopperPearson": limits, "binomialQuantile": quantiles}


def samples():
    random = np.random.RandomState(7)
    out = []
    for n, mean, spread in [(3, 0.01, 0.03), (5, 0.029, 0.027), (6, -0.2, 0.05), (8, -0.02, 0.027),
                            (10, 0.0, 1.0), (12, 1e-4, 1e-3), (16, 0.015, 0.027)]:
        out.append(np.round(mean + spread * random.standard_normal(n), 6))
    out.append(np.array([0.1, 0.1, -0.1, 0.2, -0.2, 0.3, 0.3]))  # ties
    out.append(np.array([0.0, 0.0, 0.5, 0.25, 0.125, -0.25]))  # zeros
    out.append(np.array([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]))  # cancellation
    return out


def brute_force_sign_flip(values):
    n, observed, extreme = len(values), abs(values.sum()), 0
    for pattern in range(1 << n):
        signs = np.array([1 if pattern >> i & 1 else -1 for i in range(n)])
        extreme += abs((signs * values).sum()) >= observed - 1e-12 * abs(values).sum()
    return extreme / (1 << n)


def paired():
    out = []
    for index, values in enumerate(samples()):
        test = stats.ttest_1samp(values, 0)
        interval, wide = test.confidence_interval(0.95), test.confidence_interval(0.9894)
        flip = stats.permutation_test(
            (values,), np.mean, permutation_type="samples", n_resamples=np.inf).pvalue
        if len(values) <= 12 and abs(values).max() < 1e6:
            assert abs(flip - brute_force_sign_flip(values)) < 1e-12, (index, flip)
        out.append({
            "values": values.tolist(), "mean": values.mean(), "sd": values.std(ddof=1),
            "standardError": stats.sem(values), "median": float(np.median(values)),
            "quantiles": [[q, float(np.quantile(values, q))] for q in [0, 0.1, 0.25, 0.6, 0.975, 1]],
            "statistic": test.statistic, "p": test.pvalue,
            "interval": [interval.low, interval.high], "wideInterval": [wide.low, wide.high],
            "signFlip": flip,
        })
    return out


def bootstrap():
    out = []
    for index, values in enumerate(samples()):
        # Multiples of 2**-20 add up exactly, so whether a resample ties does not hang on rounding.
        values = np.round(values * 2**20) / 2**20
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            limits = stats.bootstrap(
                (values,), np.mean, method="BCa", n_resamples=2000, batch=2000,
                random_state=SplitMix(index), vectorized=True).confidence_interval
        out.append({"values": values.tolist(), "seed": index, "scale": values.std(ddof=1),
                    "interval": [limits.low, limits.high]})
    return out


def welch():
    groups, out = samples(), []
    for first, second in [(0, 1), (2, 3), (4, 5), (6, 4)]:
        a, b = groups[first], groups[second]
        test = stats.ttest_ind(a, b, equal_var=False)
        interval = test.confidence_interval(0.95)
        u = stats.mannwhitneyu(a, b).statistic
        out.append({"first": a.tolist(), "second": b.tolist(), "statistic": test.statistic,
                    "df": test.df, "p": test.pvalue, "interval": [interval.low, interval.high],
                    "improvement": 1 - u / (len(a) * len(b))})
    return out


def holm():
    out = []
    for p in [[0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.9], [0.0625, 0.001, 0.03, 0.03, 0.7],
              [0.02, 0.02], [1, 1, 0.4]]:
        p = np.array(p, dtype=float)
        order = np.argsort(p, kind="stable")
        stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
        adjusted = np.empty_like(p)
        adjusted[order] = np.minimum(stepped, 1)
        out.append({"p": p.tolist(), "adjusted": adjusted.tolist()})
    return out


def power(count, effect, alpha=0.05):
    critical, shift = stats.t.ppf(1 - alpha / 2, count - 1), effect * math.sqrt(count)
    return (1 - stats.nct.cdf(critical, count - 1, shift) + stats.nct.cdf(-critical, count - 1, shift))


def powers():
    out = [[n, d, power(n, d)] for n in [4, 6, 8, 16, 16.329, 33, 100] for d in [0.1, 0.5, 0.7407, 1.2]]
    needed = []
    for deviation, difference, margin in [(0.027, 0.02, 0), (0.027, 0.03, 0.01), (0.05, 0.02, 0),
                                          (0.01, 0.01, 0), (0.1, 0.05, 0.01)]:
        effect = (difference - margin) / deviation
        upper = 4
        while power(upper, effect) < 0.8:
            upper *= 1.3
        n = optimize.brentq(lambda n: power(n, effect) - 0.8, 3, upper)
        needed.append([deviation, difference, margin, n])
    return {"power": out, "needed": needed}


def mask_histogram():
    out = []
    for keep, steps, blocks in [(0.5, 40, 28), (0.75, 1240, 36), (0.25, 7, 5)]:
        edges = np.round(np.linspace(0, 1, 21), 12)
        counts = stats.binom.pmf(np.arange(steps + 1), steps, 1 - keep)
        expected = []
        for i in range(20):
            lower = np.arange(steps + 1) * 20 >= i * steps
            upper = np.arange(steps + 1) * 20 < (i + 1) * steps if i < 19 else True
            expected.append(float(blocks * counts[lower & upper].sum()))
        out.append({"keep": keep, "steps": steps, "blocks": blocks, "edges": edges.tolist(),
                    "expected": expected})
    return out


fixture = {"scipy": scipy.__version__, **distributions(), **binomials(), "paired": paired(), "bootstrap": bootstrap(),
           "welch": welch(), "holm": holm(), **powers(), "maskHistogram": mask_histogram()}
path = pathlib.Path(__file__).with_name("statistics.json")
plain = lambda value: value.item() if hasattr(value, "item") else value
path.write_text(json.dumps(fixture, default=plain, separators=(",", ":")) + "\n")

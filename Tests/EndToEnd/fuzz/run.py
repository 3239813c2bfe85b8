#!/usr/bin/env python3
"""Attacks the program: run.py --binary PATH [--minutes N] [--seed S] [--trials N] [KIND...]

Every trial follows from its kind and its number alone, so that a failure is repeated with
`--seed NUMBER --trials 1 KIND`. Ends with a table of what was tried and what held; exits 1 when
anything did not.
"""
import argparse
import os
import random
import signal
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from fuzz import headless, parts, terminals  # noqa: E402
from harness import CLEAN  # noqa: E402

KINDS = {**headless.KINDS, **terminals.KINDS}


def attempt(kind, number, workshop):
    """None when the program held, else what it did."""
    generator = random.Random(f"{kind} {number}")
    with tempfile.TemporaryDirectory(prefix="magmascope-fuzz-") as directory:
        # A trial follows from its number alone: it must not find what another one remembered.
        CLEAN["XDG_CONFIG_HOME"] = os.path.join(directory, "config")
        try:
            KINDS[kind](generator, workshop.binary, directory, workshop)
        except Exception as error:
            trace = traceback.extract_tb(error.__traceback__)[-1]
            words = str(error)
            words = words if len(words) < 900 else words[:600] + " … " + words[-250:]
            return f"{type(error).__name__}: {words} ({os.path.basename(trace.filename)}:{trace.lineno})"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0, help="number of the first trial")
    parser.add_argument("--trials", type=int, help="end after so many of each kind")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    given = parser.parse_args()
    unknown = [kind for kind in given.kinds if kind not in KINDS]
    if unknown:
        parser.error(f"unknown {', '.join(unknown)}; there are {', '.join(KINDS)}")
    kinds = given.kinds or list(KINDS)
    # What nohup ignores, every attacked program would ignore too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    tried, held = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0)
    deadline = time.monotonic() + given.minutes * 60
    with tempfile.TemporaryDirectory(prefix="magmascope-fuzz-") as originals:
        workshop = parts.Workshop(os.path.abspath(given.binary), originals)
        number = given.seed
        while time.monotonic() < deadline and (given.trials is None or number < given.seed + given.trials):
            for kind in kinds:
                failure = attempt(kind, number, workshop)
                tried[kind] += 1
                held[kind] += failure is None
                if failure:
                    print(f"FAIL {kind} {number}: {failure}\n     repeat: scripts/fuzz --seed {number} --trials 1 {kind}", flush=True)
                if time.monotonic() > deadline:
                    break
            number += 1
    for kind in kinds:
        print(f"{kind:14} {tried[kind]:6} tried {held[kind]:6} held")
    bad = sum(tried.values()) - sum(held.values())
    print(f"{sum(held.values())} passed, {bad} failed")
    sys.exit(1 if bad or not any(tried.values()) else 0)


if __name__ == "__main__":
    main()

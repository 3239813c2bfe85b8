"""Training gives the same bits as ever: losses stored by arm and results version.

A change of any of them is a new results version (Sources/Optimizers/Registry/ResultsVersion.swift);
then `python3 test_results.py BINARY` writes the file anew.
"""
import json
import os
import sys

from harness import check
from test_command_line import run

STORED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stored_losses.json")
LEVELS = ["portable", "avx2"]
WORKLOADS = {
    "llama": ["--model", "nano", "--steps", "24", "--eval-every", "24"],
    "quadratic": ["--workload", "quadratic", "--steps", "60", "--eval-every", "60"],
}
ARMS = ["sgd:momentum=0.9", "tam", "rmsprop", "adam", "adamw", "cadamw", "laprop", "lion", "adafactor",
        "muon", "normuon", "soap", "apollo", "skip(adam)", "damp(adamw)", "magma(adam)", "magma(lion)",
        "sample(rmsprop)", "magma(muon)", "skip(soap)", "magma(apollo)", "skip(adam):grain=row",
        "skip(adam):moments=sparse", "magma(adamw):wd=0.1"]


def losses(binary, level):
    found = {}
    for name, flags in WORKLOADS.items():
        arms = [word for arm in ARMS for word in ("--arm", arm)]
        done = run(binary, "train", "--format", "jsonl", *flags, *arms,
                   env={"MAGMASCOPE_KERNELS": level})
        check(done.returncode == 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        found[name] = {arm: line["validationLoss"]
                       for arm, line in zip(ARMS, [l for l in lines if l.get("final")])}
    return found


def test_training_gives_the_stored_losses(binary, directory):
    with open(STORED) as file:
        stored = json.load(file)
    for level in LEVELS:
        measured = losses(binary, level)
        for name, expected in stored[level].items():
            found = measured[name]
            differing = {arm: (found[arm], loss) for arm, loss in expected.items() if found[arm] != loss}
            check(not differing, f"{level}, {name}: {differing}")


if __name__ == "__main__":
    with open(STORED, "w") as file:
        json.dump({level: losses(sys.argv[1], level) for level in LEVELS}, file, indent=1)
        file.write("\n")

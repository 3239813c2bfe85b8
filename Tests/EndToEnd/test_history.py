"""Kept runs: every step can be seen again, branched, gone back to, and survives whatever kills it."""
import filecmp
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time

from harness import CLEAN, Terminal, check
from test_command_line import run

MICRO = ["--model", "nano", "--steps", "120", "--eval-every", "10", "--seeds", "2"]
ARMS = ["--arm", "adam:lr=1e-3", "--arm", "magma(adam):lr=1e-3,tau=2"]


def train(binary, out, *arguments):
    result = run(binary, "train", "--format", "jsonl", "--out", out, *arguments)
    check(result.returncode == 0, result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


def show(binary, directory, step=None):
    at = [] if step is None else ["--at", str(step)]
    result = run(binary, "runs", "show", directory, *at, "--json")
    check(result.returncode == 0, result.stderr)
    return json.loads(result.stdout)


def close(one, other, tolerance=1e-3):
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance * max(1e-3, abs(one), abs(other))


def without_times(path):
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    for line in lines:
        line.pop("cpuSeconds"), line.pop("wallSeconds")
    return lines


def checkpoint_files(directory):
    found = {}
    for parent, _, names in os.walk(os.path.join(directory, "arms")):
        for name in names:
            if name != "state.json":
                path = os.path.join(parent, name)
                found[os.path.relpath(path, directory)] = path
    return found


def check_same_end(one, other):
    check(without_times(f"{one}/metrics.jsonl") == without_times(f"{other}/metrics.jsonl"), "metrics differ")
    left, right = checkpoint_files(one), checkpoint_files(other)
    check(sorted(left) == sorted(right) and left, (sorted(left), sorted(right)))
    for name in left:
        check(filecmp.cmp(left[name], right[name], shallow=False), f"{name} differs")


def test_shown_steps_agree_with_a_run_that_evaluates_every_step(binary, directory):
    kept = f"{directory}/kept"
    train(binary, kept, *MICRO, *ARMS)
    every = train(binary, f"{directory}/every", *MICRO, *ARMS, "--eval-every", "1")
    rows = {(r["lane"], r["seed"], r["step"]): r for r in every if not r.get("final")}
    for step in sorted(random.Random(4).sample(range(1, 120), 12)):
        shown = show(binary, kept, step)
        check(shown["step"] == step and shown["phase"] == "finished", shown)
        check([(a["lane"], a["seed"]) for a in shown["arms"]] == [("a", 0), ("a", 1), ("m", 0), ("m", 1)],
              [(a["lane"], a["seed"]) for a in shown["arms"]])
        for arm in shown["arms"]:
            row = rows[arm["lane"], arm["seed"], step]
            before = rows[arm["lane"], arm["seed"], step - 1]
            for key in ("trainLoss", "learningRate"):
                check(close(arm[key], row[key], 1e-9), (step, key, arm[key], row[key]))
            check(close(arm["effectiveLearningRate"], row["effectiveLearningRate"]), (step, arm, row))
            check(arm["maskRate"] == row["maskRate"], (step, arm["maskRate"], row["maskRate"]))
            masked = [b for b in arm["blocks"] if b["masked"]]
            check((len(masked) > 0) == (arm["lane"] == "m"), masked)
            counted = masked or [b for b in arm["blocks"] if "self_attn" in b["name"] or "mlp" in b["name"]]
            alignment = sum(b["alignment"] for b in counted) / len(counted)
            scale = sum(b["scale"] for b in counted) / len(counted)
            check(close(alignment, row["alignment"]) and close(scale, row["scale"]),
                  (step, alignment, row["alignment"], scale, row["scale"]))
            if masked:
                dropped = sum(1 - b["kept"] for b in masked)
                so_far = row["maskRate"] * len(masked) * step - (before["maskRate"] or 0) * len(masked) * (step - 1)
                check(abs(dropped - so_far) < 1e-6, (step, dropped, so_far))
            newest = arm["validation"]
            check(newest["step"] == step // 10 * 10, newest)
    start = show(binary, kept, 0)
    check(all(a["trainLoss"] is None for a in start["arms"]), start["arms"][0])
    for step in ("-1", "121"):
        result = run(binary, "runs", "show", kept, f"--at={step}", "--json")
        check(result.returncode == 2, (step, result.returncode, result.stderr))


def test_a_fork_without_a_change_is_its_parent_and_needs_it_no_more(binary, directory):
    parent = f"{directory}/parent"
    arms = ["--arm", "adam", "--arm", "magma(muon):lr=0.01", "--arm", "magma(adam)",
            "--arm", "matched(magma(adam))", "--arm", "skip(soap):maskPolicy=depth"]
    train(binary, parent, "--model", "nano", "--steps", "30", "--eval-every", "5", *arms)
    for step in (0, 7, 20, 30):
        fork = f"{directory}/fork-{step}"
        result = run(binary, "runs", "fork", parent, "--at", str(step), "--out", fork)
        check(result.returncode == 0, result.stderr)
        check_same_end(parent, fork)
        with open(f"{fork}/fork.json") as file:
            check(json.load(file)["step"] == step, "fork.json does not say where")
    shutil.copytree(f"{directory}/fork-7", f"{directory}/moved")
    shutil.rmtree(parent)
    check(len(show(binary, f"{directory}/moved", 3)["arms"]) == 5, "the fork needs its parent")


def test_a_fork_with_a_change_leaves_the_other_arm_and_the_coins(binary, directory):
    parent, fork = f"{directory}/parent", f"{directory}/fork"
    train(binary, parent, "--model", "nano", "--steps", "40", "--eval-every", "5", *ARMS)
    result = run(binary, "runs", "fork", parent, "--at", "20", "--set", "tau=0.5", "--out", fork)
    check(result.returncode == 0, result.stderr)
    old, new = without_times(f"{parent}/metrics.jsonl"), without_times(f"{fork}/metrics.jsonl")
    check([r for r in old if r["lane"] == "a"] == [r for r in new if r["lane"] == "a"], "arm a changed")
    for one, other in zip(old, new):
        if one["lane"] == "m":
            check((one == other) == (one["step"] <= 20), (one, other))
            check(one["maskRate"] == other["maskRate"], "the coins changed")
    check(new[-1]["arm"] == "magma(adam):lr=0.001,tau=0.5", new[-1]["arm"])
    for arguments, code in ((["--at", "41"], 2), (["--at", "10", "--set", "lr=1"], 2),
                            (["--at", "10", "--set", "grain=row"], 2), (["--at", "10", "--set", "tua=1"], 2)):
        result = run(binary, "runs", "fork", parent, *arguments, "--out", f"{directory}/no")
        check(result.returncode == code and not os.path.exists(f"{directory}/no"), (arguments, result.stderr))


def rewound(binary, directory, *flags):
    whole, kept = f"{directory}/whole", f"{directory}/kept"
    arguments = ["--model", "nano", "--steps", "30", "--eval-every", "5", *flags, *ARMS]
    train(binary, whole, *arguments)
    train(binary, kept, *arguments)
    result = run(binary, "runs", "rewind", kept, "--at", "12")
    check(result.returncode == 0, result.stderr)
    check(os.listdir(f"{kept}/branches") == ["12-1"], os.listdir(f"{kept}/branches"))
    check(show(binary, kept)["step"] == 12, show(binary, kept)["step"])
    result = run(binary, "train", "--resume", kept)
    check(result.returncode == 0, result.stderr)
    check_same_end(whole, kept)
    return kept


def test_a_rewound_run_goes_on_as_if_nothing_had_been(binary, directory):
    rewound(binary, directory)


def test_bf16_is_kept_by_rewinds_resumes_forks_and_checkpoints(binary, directory):
    kept = rewound(binary, directory, "--precision", "bf16")
    with open(f"{kept}/run.yaml") as file:
        check("precision: bf16" in file.read(), "run.yaml does not say bf16")
    result = run(binary, "runs", "fork", kept, "--at", "12", "--out", f"{directory}/fork")
    check(result.returncode == 0 and "trained with kernels" not in result.stderr, result.stderr)
    check_same_end(kept, f"{directory}/fork")
    states = [path for path in glob.glob(f"{kept}/arms/**/state.json", recursive=True)]
    for path in states:
        with open(path) as file:
            level = json.load(file)["stamp"]["kernelLevel"]
        check(level.endswith(", bf16 products by rounding"), level)
    plain = f"{directory}/plain"
    train(binary, plain, "--model", "nano", "--steps", "30", "--eval-every", "5", *ARMS)
    check(without_times(f"{plain}/metrics.jsonl") != without_times(f"{kept}/metrics.jsonl"), "bf16 changed nothing")
    result = run(binary, "compare", plain, kept)
    check(result.returncode == 2 and "differ in precision: fp32 in plain, bf16 in kept" in result.stderr,
          (result.returncode, result.stderr))
    weights = os.path.dirname(sorted(glob.glob(f"{kept}/arms/**/model.safetensors", recursive=True))[0])
    start = f"{directory}/start"
    train(binary, start, "--from", weights, "--precision", "bf16", "--steps", "2", "--arm", "adam")
    with open(f"{start}/run.yaml") as file:
        check("precision: bf16" in file.read(), "--from lost --precision")



def test_kills_lose_nothing_that_a_resume_does_not_bring_back(binary, directory):
    whole = f"{directory}/whole"
    arguments = ["--model", "nano", "--steps", "300", "--eval-every", "50", *ARMS]
    train(binary, whole, *arguments)
    moments = random.Random(11)
    for number in range(6):
        out = f"{directory}/killed-{number}"
        child = subprocess.Popen([binary, "train", "--out", out, *arguments], env=CLEAN,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.02, 0.7))
        child.kill()
        child.wait()
        if not os.path.exists(f"{out}/run.yaml"):
            check(run(binary, "train", "--out", out, *arguments).returncode == 0, "remains are in the way")
        else:
            result = run(binary, "train", "--resume", out)
            check(result.returncode == 0, result.stderr)
        check_same_end(whole, out)


def test_readers_never_disturb_a_writer_and_a_second_writer_is_refused(binary, directory):
    out = f"{directory}/run"
    child = subprocess.Popen(
        [binary, "train", "--out", out, "--model", "nano", "--steps", "3000", "--eval-every", "50", *ARMS],
        env=CLEAN, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    failures = []

    def read():
        while child.poll() is None:
            result = run(binary, "runs", "show", out, "--json")
            if result.returncode != 0:
                failures.append(result.stderr)
    while not os.path.exists(f"{out}/metrics.jsonl") or not os.path.getsize(f"{out}/metrics.jsonl"):
        check(child.poll() is None, child.stderr.read() if child.poll() is not None else "")
        time.sleep(0.01)
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    second = run(binary, "train", "--resume", out)
    check(second.returncode == 1 and str(child.pid) in second.stderr, second.stderr)
    for reader in readers:
        reader.join()
    check(child.wait() == 0 and not failures, (child.returncode, failures[:2]))
    check(show(binary, out)["phase"] == "finished", "a finished run does not say so")


def test_a_run_goes_on_only_with_the_text_it_began_with(binary, directory):
    text = os.path.join(directory, "text.txt")
    dice = random.Random(1)
    words = " ".join(dice.choice(["one", "two", "three", "four"]) for _ in range(3000))
    with open(text, "w") as file:
        file.write(words)
    place = os.path.join(directory, "run")
    flags = ["--model", "nano", "--steps", "40", "--eval-every", "20", "--arm", "adam"]
    done = run(binary, "train", *flags, "--text", "text.txt", "--out", place, cwd=directory)
    check(done.returncode == 0, done.stderr)
    for verb in (["train", "--resume", place], ["runs", "fork", place, "--at", "10", "--out", place + "-fork"]):
        check(run(binary, *verb).returncode == 0, "the same text is refused")
    with open(text, "w") as file:
        file.write(words.replace("one", "six"))
    for verb in (["train", "--resume", place], ["runs", "fork", place, "--at", "10", "--out", place + "-other"]):
        done = run(binary, *verb)
        check(done.returncode == 4 and "another text" in done.stderr, (verb, done.returncode, done.stderr))
    piped = subprocess.run([binary, "train", *flags, "--text", "-", "--out", place + "-piped"], input=words,
                           capture_output=True, text=True, env=CLEAN, timeout=60)
    check(piped.returncode == 0 and "cannot be resumed" in piped.stderr, piped.stderr)
    done = subprocess.run([binary, "train", "--resume", place + "-piped"], input=words, capture_output=True,
                          text=True, env=CLEAN, timeout=60)
    check(done.returncode == 4 and "standard input" in done.stderr, done.stderr)


def test_without_observing_the_same_is_trained(binary, directory):
    found = []
    for flags in ([], ["--no-observe"]):
        place = os.path.join(directory, f"run{len(flags)}")
        done = run(binary, "train", "--model", "nano", "--steps", "200", "--eval-every", "100", "--arm", "adam",
                   "--arm", "rmsprop", "--arm", "skip(rmsprop):scope=attention", *flags, "--out", place)
        check(done.returncode == 0, done.stderr)
        models = {os.path.relpath(path, place): open(path, "rb").read() for path in
                  glob.glob(os.path.join(place, "arms", "*", "*", "model.safetensors"))}
        lines = [json.loads(line) for line in open(os.path.join(place, "metrics.jsonl"))]
        found.append((models, [line["validationLoss"] for line in lines]))
        last = [line["alignment"] for line in lines if line["step"] == 200][:3]
        check([value is None for value in last] == [bool(flags), bool(flags), False], last)
    check(found[0] == found[1] and len(found[0][0]) == 3, "observing changes the training")
    text = open(os.path.join(directory, "run1", "run.yaml")).read()
    check("observe: false" in text, text)


def test_an_interrupted_run_says_so_and_a_live_one_too(binary, directory):
    out = f"{directory}/run"
    child = subprocess.Popen(
        [binary, "train", "--out", out, "--model", "nano", "--steps", "100000", *ARMS],
        env=CLEAN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(f"{out}/metrics.jsonl") or not os.path.getsize(f"{out}/metrics.jsonl"):
        time.sleep(0.01)
    check(show(binary, out)["phase"] == "training", show(binary, out)["phase"])
    child.kill()
    child.wait()
    check(show(binary, out)["phase"] == "interrupted", show(binary, out)["phase"])


def test_delete_removes_runs_and_nothing_else(binary, directory):
    out = f"{directory}/run"
    train(binary, out, "--model", "nano", "--steps", "4", "--eval-every", "2")
    check(run(binary, "runs", "delete", out).returncode == 2 and os.path.exists(out), "deleted without --yes")
    with open(f"{out}/diary.txt", "w") as file:
        file.write("mine")
    result = run(binary, "runs", "delete", out, "--yes")
    check(result.returncode == 2 and "diary.txt" in result.stderr and os.path.exists(f"{out}/run.yaml"), result.stderr)
    os.remove(f"{out}/diary.txt")
    os.makedirs(f"{directory}/other")
    with open(f"{directory}/other/sweep.yaml", "w") as file:
        file.write("program: train.py\n")
    for victim in (f"{directory}/other", ".", "../.."):
        result = run(binary, "runs", "delete", victim, "--yes", cwd=f"{directory}/other")
        check(result.returncode in (2, 4) and os.path.exists(f"{directory}/other/sweep.yaml"), (victim, result.stderr))
    check(run(binary, "runs", "delete", out, "--yes").returncode == 0 and not os.path.exists(out), "not deleted")


def test_large_seeds_and_many_arms_are_kept_and_resumed(binary, directory):
    out = f"{directory}/seed"
    train(binary, out, "--model", "nano", "--steps", "4", "--eval-every", "2", "--seed", str(2**64 - 3))
    check(show(binary, out, 2)["arms"][0]["seed"] == 2**64 - 3, "the seed changed")
    check(run(binary, "runs", "rewind", out, "--at", "2").returncode == 0, "cannot go back")
    check(run(binary, "train", "--resume", out).returncode == 0, "cannot go on")
    many = [word for n in range(30) for word in ("--arm", f"adam:lr={n + 1}e-4")]
    out = f"{directory}/many"
    train(binary, out, "--workload", "quadratic", "--steps", "4", "--eval-every", "2", *many)
    lanes = [arm["lane"] for arm in show(binary, out)["arms"]]
    check(len(set(lanes)) == 30 and "?" not in lanes and "aa" in lanes, lanes)


def readings(directory, kind="curvature"):
    """What was measured, costs apart; the file must be in order, with one reading for a place."""
    with open(f"{directory}/probes.jsonl") as file:
        lines = [json.loads(line) for line in file]
    check([line["step"] for line in lines] == sorted(line["step"] for line in lines), "not in order of steps")
    for line in lines:
        check(line.pop("cpuSeconds") > 0, line)
    found = {(line["step"], line["arm"]): line for line in lines if line["kind"] == kind}
    check(len(found) == sum(line["kind"] == kind for line in lines), "a place has two readings")
    return found


def all_files(directory):
    found = {}
    for parent, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(parent, name), "rb") as file:
                found[os.path.relpath(os.path.join(parent, name), directory)] = file.read()
    return {path: data for path, data in found.items() if path != "probes.jsonl" and not path.startswith("owners/")}


def probe(binary, directory, *arguments, code=0, **keywords):
    result = run(binary, "runs", "probe", directory, *arguments, **keywords)
    check(result.returncode == code, (arguments, result.returncode, result.stderr))
    return result.stdout if code == 0 else result.stderr


def test_a_reading_from_afterwards_is_the_one_taken_live(binary, directory):
    live, kept, fork = (f"{directory}/{name}" for name in ("live", "kept", "fork"))
    arguments = ["--model", "nano", "--steps", "30", "--eval-every", "4", "--seeds", "2", *ARMS,
                 "--arm", "matched(magma(adam)):lr=1e-3"]
    train(binary, live, *arguments, "--probe", "curvature:5", "--probe", "proposition1:10")
    train(binary, kept, *arguments)
    before = all_files(kept)
    lines = probe(binary, kept, "curvature", "5..30", "--every", "5").splitlines()
    check(len(lines) == 18 and lines[0].startswith("probe curvature lane=adam:lr=1e-3 step=5 "), lines)
    probe(binary, kept, "proposition1", "10..30", "--every", "10")
    check(readings(kept) == readings(live), "curvature differs from the one taken live")
    check(readings(kept, "proposition1") == readings(live, "proposition1"), "proposition1 differs")
    probe(binary, kept, "curvature", "7")
    probe(binary, kept, "curvature", "5..10")
    check(sorted({step for step, _ in readings(kept)}) == [5, 6, 7, 8, 9, 10, 15, 20, 25, 30], readings(kept).keys())
    check(all_files(kept) == before, "measuring changed the run")
    # Another line: what is seen is measured, and what a fork has in common with its parent is equal.
    check(run(binary, "runs", "fork", kept, "--at", "20", "--set", "tau=0.5", "--arm", "m", "--out", fork).returncode == 0,
          "no fork")
    check(max(step for step, _ in readings(fork)) == 20, "a fork has readings of steps it never made")
    probe(binary, fork, "curvature", "15..30", "--every", "5")
    for place, reading in readings(fork).items():
        # At the end the schedule's rate is 0, and so is whatever depends on the step.
        is_same = place[0] <= 20 or place[0] == 30 or place[1] == 0
        check((reading == readings(kept)[place]) == is_same, f"{place} of the fork")
    check(run(binary, "runs", "rewind", kept, "--at", "12").returncode == 0, "cannot go back")
    check(max(step for step, _ in readings(kept)) == 10, "readings of a future that is gone")
    check(run(binary, "train", "--resume", kept).returncode == 0, "cannot go on")
    probe(binary, kept, "curvature", "15..30", "--every", "5")
    check(all(readings(kept)[place] == reading for place, reading in readings(live).items()), "differs after a rewind")


def test_what_cannot_be_measured_afterwards_is_refused(binary, directory):
    kept, text = f"{directory}/kept", f"{directory}/text.txt"
    with open(text, "w") as file:
        file.write("one two three four " * 500)
    train(binary, kept, "--model", "nano", "--steps", "8", "--eval-every", "4", "--text", text, "--arm", "adam")
    for arguments in (["curvatur"], ["curvature", "9"], ["curvature", "--", "-1"], ["curvature", "5..3"],
                      ["curvature", "2..9"], ["curvature", "0..4", "--every", "0"]):
        probe(binary, kept, *arguments, code=2)
    level = json.load(open(glob.glob(f"{kept}/arms/*/*/state.json")[0]))["stamp"]["kernelLevel"]
    other = "portable" if level != "portable" else "reference"
    error = probe(binary, kept, "sharpness", "4", code=4, env={"MAGMASCOPE_KERNELS": other})
    check(f"{kept}: was trained with kernels {level}, this machine computes with {other}; " in error, error)
    with open(text, "a") as file:
        file.write("five")
    error = probe(binary, kept, "sharpness", "4", code=4)
    check("another text" in error and "put the old text back" in error, error)
    check(not os.path.exists(f"{kept}/probes.jsonl"), "something was measured")


def test_a_past_step_is_measured_on_the_screen_while_the_run_goes_on(binary, directory):
    arguments = ["--model", "nano", "--steps", "100000", "--eval-every", "50"]
    data = f"{directory}/data"
    with Terminal([binary, *arguments], columns=160, rows=50, env={"XDG_DATA_HOME": data}) as terminal:
        terminal.wait(lambda text: re.search(r"step (\d{4,})/", text), "a past to look at")
        terminal.send("3:goto 120\r")
        terminal.wait("viewing step 120", "the past step")
        terminal.send(":probe curvature\r")
        terminal.wait(lambda text: "step 120, " in text and "across" in text, "the reading beside the block")
        terminal.send(":probe sharpness 40..200 every 40\r")
        terminal.wait("measured sharpness", "the stretch to be measured", 60)
        terminal.send(":probe curvature 0..1000000\r")
        terminal.wait("is not in the run", "a refusal")
        terminal.send("\t\t")
        terminal.wait("computes the step again", "what would fill the maps")
        terminal.send("\r")
        terminal.wait(lambda text: re.search(r"\d x \d+ moved|\d \w+ did not move|nothing moved", text), "maps of a past step")
        terminal.send(":probe gradientNoise 0..200 every 1\r")
        terminal.wait("Esc gives up", "a long measurement")
        terminal.send("\x1b")
        terminal.wait("given up", "the measurement to be given up")
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
    kept = glob.glob(f"{data}/magmascope/runs/*")[0]
    with open(f"{kept}/journal.jsonl") as file:
        kinds = {json.loads(line).get("kind") for line in file}
    check(kinds <= {"end", None}, f"the run's journal tells of {kinds}")
    live = f"{directory}/live"
    child = subprocess.Popen(
        [binary, "train", *arguments, "--probe", "curvature:120", "--probe", "sharpness:40", "--out", live],
        env=CLEAN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(f"{live}/probes.jsonl") or not any(step > 200 for step, _ in readings(live, "sharpness")):
        check(child.poll() is None, "the run beside ended")
        time.sleep(0.1)
    child.terminate()
    child.wait()
    measured = readings(kept)
    check(sorted(measured) == [(120, 0), (120, 1)], sorted(measured))
    check(all(readings(live)[place] == reading for place, reading in measured.items()), "curvature differs")
    measured = readings(kept, "sharpness")
    check(sorted({step for step, _ in measured}) == [40, 80, 120, 160, 200], sorted(measured))
    check(all(readings(live, "sharpness")[place] == reading for place, reading in measured.items()), "sharpness differs")

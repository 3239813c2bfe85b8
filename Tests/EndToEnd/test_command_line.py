"""Headless commands: formats, exit codes, files; nothing but data on stdout."""
import json
import os
import signal
import subprocess
import time

from harness import CLEAN, check

QUICK = ["--model", "nano", "--steps", "8", "--eval-every", "4"]


def run(binary, *arguments, cwd=None, **keywords):
    environment = dict(CLEAN, **keywords.pop("env", {}))
    return subprocess.run([binary, *arguments], capture_output=True, text=True, cwd=cwd,
                          env=environment, stdin=subprocess.DEVNULL, timeout=120, **keywords)


def records(binary, *arguments, **keywords):
    result = run(binary, "train", "--format", "jsonl", *arguments, **keywords)
    check(result.returncode == 0, result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_train_prints_one_object_per_arm_and_evaluation(binary, directory):
    lines = records(binary, *QUICK)
    check([(l["lane"], l["step"]) for l in lines] ==
          [("a", 0), ("m", 0), ("a", 4), ("m", 4), ("a", 8), ("m", 8), ("a", 8), ("m", 8)], lines)
    check(all(l.get("final") for l in lines[-2:]), lines[-2:])
    check(lines[0]["trainLoss"] is None and lines[0]["maskRate"] == 0 and lines[0]["scale"] == 1, lines[0])
    check(lines[1]["maskRate"] is None and lines[2]["alignment"] is not None, lines[1:3])
    check(lines[3]["arm"] == "magma(adam):lr=1.6e-2" and lines[3]["tokens"] == 4 * 16 * 32, lines[3])
    expected = ["lane", "arm", "seed", "step", "tokens", "trainLoss", "validationLoss", "learningRate",
                "effectiveLearningRate", "maskRate", "alignment", "scale", "cpuSeconds", "wallSeconds"]
    check(list(lines[2]) == expected, list(lines[2]))


def test_the_first_comparison_is_at_the_rates_its_kept_sweep_found(binary, directory):
    kept = os.path.join(os.path.dirname(__file__), "..", "..", "presets", "sweeps", "first-look")
    judged = json.loads(run(binary, "compare", kept, "--format", "json").stdout)["verdicts"][0]
    shown = run(binary, "presets", "show", "first-look").stdout
    rates = [float(line.split("lr=")[1]) for line in shown.splitlines() if line.strip().startswith("- ")]
    swept = [float(judged[key].split("lr=")[1]) for key in ("reference", "subject")]
    check(rates == swept, (rates, swept))
    check("tunedBy: presets/sweeps/first-look" in shown, shown)
    header = run(binary, "screen", "--preset", "first-look", "--at", "1").stdout.splitlines()[0]
    check("each at its own best rate   built-in language" in header, header)
    other = run(binary, "screen", "--preset", "same-rate", "--at", "1").stdout.splitlines()[0]
    check("best rate" not in other and "built-in language" in other, other)


def test_seeded_results_do_not_depend_on_threads(binary, directory):
    def losses(threads):
        return [l["validationLoss"] for l in records(binary, *QUICK, "--threads", threads)]
    check(losses("1") == losses("2"), "one and two threads differ")


def test_arms_of_a_seed_start_equal_and_a_repeated_arm_is_identical(binary, directory):
    lines = records(binary, *QUICK, "--arm", "adam", "--arm", "adam", "--arm", "skip(adam):mask=0")
    check([l["arm"] for l in lines[:3]] == ["adam", "adam#2", "skip(adam):mask=0"], lines[:3])
    for step in (0, 4, 8):
        values = {l["validationLoss"] for l in lines if l["step"] == step}
        check(len(values) == 1, f"step {step}: {values}")


def test_csv_and_plain_have_the_same_columns(binary, directory):
    header = run(binary, "train", *QUICK, "--format", "csv").stdout.splitlines()[0]
    check(header.startswith("lane,arm,seed,step,tokens,trainLoss,validationLoss,learningRate"), header)
    plain = run(binary, "train", *QUICK)
    check("\x1b" not in plain.stdout, plain.stdout)
    for line in plain.stdout.splitlines():
        keys = [word.split("=")[0] for word in line.split(" ")]
        check(line.startswith("lane=") and "validationLoss" in keys, "no data: " + line)
    check("| arm" in plain.stderr, "no table of results: " + plain.stderr)


def test_usage_errors_exit_2_with_one_line(binary, directory):
    for arguments, message in (
            (["train", "--arm", "adm"], "did you mean 'adam'"),
            (["train", "--preset", "frist-look"], "did you mean 'first-look'"),
            (["train", "--steps", "0"], "--steps"),
            (["train", "--steps", "x"], "steps"),
            (["train", "--nonsense"], "nonsense"),
            (["train", "--preset", "shakespeare"], "--text"),
            (["nonsense"], "nonsense"),
            (["train", "--preset", "noise-null", "--width", "48"], "--width: workload 'noise' has no"),
            (["train", "--workload", "quadratic", "--arm", "skip(adam):scope=attention"],
             "arm skip(adam):scope=attention: scope 'attention' selects no block"),
            (["replay", "--arm", "adam:lt=1", "x.json"], "did you mean 'lr'")):
        result = run(binary, *arguments)
        check(result.returncode == 2, f"{arguments}: {result.returncode} {result.stderr}")
        check(message in result.stderr and result.stdout == "", f"{arguments}: {result.stderr}")
        check(len(result.stderr.strip().splitlines()) == 1, result.stderr)


def test_bad_data_and_presets_exit_4_and_say_where(binary, directory):
    bad = os.path.join(directory, "bad.yaml")
    with open(bad, "w") as file:
        file.write("title: x\nscheduel: {kind: cosine}\narms: [adam]\n")
    misfit = os.path.join(directory, "misfit.yaml")
    with open(misfit, "w") as file:
        file.write("arms: [adam]\nmodel: {width: 33, heads: 2}\n")
    role = os.path.join(directory, "role.json")
    with open(role, "w") as file:
        json.dump({"blocks": [{"name": "w", "shape": [1], "role": "foo", "values": [1.0]}], "steps": []}, file)
    empty = os.path.join(directory, "empty.txt")
    open(empty, "w").close()
    for arguments, message in (
            (["train", "--preset", bad], "bad.yaml:2: unknown key 'scheduel' (did you mean 'schedule'?)"),
            (["presets", "check", bad], "bad.yaml:2"),
            (["train", "--text", "/nowhere/at/all"], "/nowhere/at/all"),
            (["train", "--preset", misfit], "misfit.yaml:2: width 33"),
            (["replay", "--arm", "adam", role], "role.json: block 'w' has the unknown role 'foo'"),
            (["train", "--text", directory], "directory"),
            (["train", "--text", empty], "empty")):
        result = run(binary, *arguments)
        check(result.returncode == 4, f"{arguments}: {result.returncode} {result.stderr}")
        check(message in result.stderr, f"{arguments}: {result.stderr}")


def test_replay_applies_the_coins_it_is_given(binary, directory):
    path = os.path.join(directory, "replay.json")
    block = {"name": "w", "shape": [2], "role": "mlp", "values": [1.0, -1.0]}
    steps = [{"gradients": {"w": [0.5, 0.5]}, "coins": {"w": coin}} for coin in (1, 0)]
    with open(path, "w") as file:
        json.dump({"blocks": [block], "steps": steps}, file)
    result = run(binary, "replay", "--arm", "skip(sgd):lr=0.1,mask=0.5", path)
    check(result.returncode == 0, result.stderr)
    answer = json.loads(result.stdout)["steps"]
    check(all(abs(a - b) < 1e-6 for a, b in zip(answer[0]["parameters"]["w"], [0.9, -1.1])), answer)
    check(answer[1]["parameters"]["w"] == answer[0]["parameters"]["w"], answer)
    check(answer[0]["blocks"]["w"]["kept"] is True and answer[1]["blocks"]["w"]["kept"] is False, answer)


def test_a_run_directory_is_kept_and_not_overwritten(binary, directory):
    out = os.path.join(directory, "run")
    first = run(binary, "train", *QUICK, "--out", out)
    check(first.returncode == 0, first.stderr)
    for name in ("run.yaml", "metrics.jsonl", "journal.jsonl",
                 "arms/a-adam/seed-0/model.safetensors", "arms/m-magma-adam/seed-0/config.json"):
        check(os.path.exists(os.path.join(out, name)), f"{name} is missing: {os.listdir(out)}")
    again = run(binary, "train", *QUICK, "--out", out)
    check(again.returncode != 0 and "not empty" in again.stderr, again.stderr)
    check(run(binary, "presets", "check", os.path.join(out, "run.yaml")).returncode == 0, "run.yaml is no preset")


def test_interrupted_training_saves_and_exits_130(binary, directory):
    out = os.path.join(directory, "run")
    process = subprocess.Popen(
        [binary, "train", "--model", "nano", "--steps", "1000000", "--eval-every", "50", "--out", out,
         "--format", "jsonl"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CLEAN, text=True)
    seen = 0
    for line in process.stdout:
        seen = json.loads(line)["step"]
        if seen >= 100:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    check(process.returncode == 130, process.returncode)
    check(os.path.exists(os.path.join(out, "arms/a-adam/seed-0/model.safetensors")), "nothing was saved")


def test_without_a_terminal_no_escape_byte_is_written(binary, directory):
    result = subprocess.run([binary, *QUICK], capture_output=True, env=CLEAN, stdin=subprocess.DEVNULL, timeout=120)
    check(result.returncode == 0, result.stderr)
    check(b"\x1b" not in result.stdout + result.stderr, "an escape byte in a file")


def test_lists_and_version(binary, directory):
    check("first-look" in run(binary, "presets", "list").stdout, "presets list")
    check("title:" in run(binary, "presets", "show", "first-look").stdout, "presets show")
    listing = json.loads(run(binary, "optimizers", "--json").stdout)
    check({"adam", "rmsprop"} <= {entry["name"] for entry in listing["bases"]}, listing)
    check(run(binary, "--version").stdout.startswith("magmascope "), "--version")
    check("USAGE" in run(binary, "--help").stdout, "--help")

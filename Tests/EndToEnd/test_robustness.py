"""Streams that cannot be written, files that are none, sizes that do not fit: true words and codes."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time

from harness import CLEAN, check
from test_command_line import QUICK, run


def piped(binary, *arguments, **streams):
    return subprocess.run([binary, *arguments], stdin=subprocess.DEVNULL, env=CLEAN, timeout=120, **streams)


def test_a_stderr_that_cannot_be_written_does_not_matter(binary, directory):
    with open("/dev/full", "wb") as full:
        result = piped(binary, "train", *QUICK, stdout=subprocess.PIPE, stderr=full)
    check(result.returncode == 0 and b"final=true" in result.stdout, result)
    closed = subprocess.run(["/bin/sh", "-c", 'exec "$0" train "$@" 2>&-', binary, *QUICK], capture_output=True, env=CLEAN)
    check(closed.returncode == 0 and b"final=true" in closed.stdout, closed)


def test_a_command_that_only_prints_fails_on_a_full_stdout(binary, directory):
    for command in (["presets", "list"], ["presets", "show", "first-look"], ["optimizers"], ["optimizers", "--json"],
                    ["--help"], ["--version"], ["bench", "--json", "--seconds", "0.1", "--model", "nano"]):
        with open("/dev/full", "wb") as full:
            result = piped(binary, *command, stdout=full, stderr=subprocess.PIPE)
        check(result.returncode == 1 and b"disk is full" in result.stderr, f"{command}: {result}")


def test_a_reader_that_leaves_ends_a_run_that_is_kept_nowhere(binary, directory):
    def abandoned(*arguments):
        process = subprocess.Popen([binary, "train", *QUICK, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CLEAN)
        process.stdout.close()
        words = process.stderr.read()
        return process.wait(60), words
    code, words = abandoned()
    check(code == 141 and b"standard output" not in words, (code, words))
    out = os.path.join(directory, "run")
    code, words = abandoned("--out", out)
    check(code == 1 and b"standard output" in words, (code, words))
    with open(os.path.join(out, "metrics.jsonl")) as file:
        check(any('"final":true' in line for line in file), "the kept run did not go on to its end")


def test_a_disk_that_fills_does_not_take_the_run_with_it(binary, directory):
    out = os.path.join(directory, "run")
    with open("/dev/full", "wb") as full:
        result = piped(binary, "train", *QUICK, "--out", out, stdout=full, stderr=subprocess.PIPE)
    check(result.returncode == 1, result)
    check(len(open(os.path.join(out, "metrics.jsonl")).readlines()) == 8, "rows are missing")


def test_special_files_are_refused_by_name(binary, directory):
    fifo = os.path.join(directory, "fifo")
    os.mkfifo(fifo)
    for arguments in (["train", *QUICK, "--text", fifo], ["train", "--preset", fifo + ".yaml"], ["sample", directory],
                      ["replay", "--arm", "adam", fifo], ["presets", "check", fifo]):
        if arguments[-1].endswith(".yaml"):
            os.symlink(fifo, fifo + ".yaml")
        result = run(binary, *arguments)
        check(result.returncode == 4, f"{arguments}: {result}")
        if "sample" not in arguments:
            check("FIFO" in result.stderr, f"{arguments}: {result.stderr}")
    for device in ("/dev/zero", "/dev/urandom"):
        result = run(binary, "train", *QUICK, "--text", device)
        check(result.returncode == 4 and "device" in result.stderr, result)


def test_what_does_not_fit_is_refused_with_both_figures(binary, directory):
    giant = ["--layers", "64", "--width", "4096", "--heads", "64", "--ffn", "16384", "--steps", "1"]
    sweep = [*giant, "--arm", "adam", "--grid", "lr=1e-3..1e-2:2", "--out"]
    planned = os.path.join(directory, "planned")
    check(run(binary, "sweep", "plan", *sweep, planned, "--no-estimate").returncode == 0, "a plan takes no memory")
    for arguments in (["train", *giant], ["train", "--preset", "finetune-lion", *giant], ["sweep", "work", planned],
                      ["sweep", *sweep, os.path.join(directory, "sweep")],
                      ["sweep", "plan", *sweep, os.path.join(directory, "estimated")]):
        for limit in (None, 3 << 30):
            result = run(binary, *arguments,
                         preexec_fn=limit and (lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))))
            check(result.returncode == 2, f"{arguments}: {result}")
            check("GB of memory" in result.stderr and "are available" in result.stderr, result.stderr)


def test_checking_a_preset_trains_nothing(binary, directory):
    presets = os.path.join(os.path.dirname(__file__), "..", "..", "presets")
    began = time.monotonic()
    result = run(binary, "presets", "check", os.path.join(presets, "finetune-lion.yaml"),
                 env={"XDG_CACHE_HOME": directory})
    check(result.returncode == 0, result)
    check(time.monotonic() - began < 5, "the model that is fine-tuned was trained")


def test_codes_and_words(binary, directory):
    deep = os.path.join(directory, "file")
    open(deep, "w").close()
    no_arm = os.path.join(directory, "no-arm.yaml")
    with open(no_arm, "w") as file:
        file.write("title: x\n")
    odd = os.path.join(directory, "odd.yaml")
    with open(odd, "w") as file:
        file.write("workload: langage\narms: [adam]\n")
    scope = os.path.join(directory, "scope.yaml")
    with open(scope, "w") as file:
        file.write("arms: ['magma(adam):scope=zzz']\n")
    bomb = os.path.join(directory, "bomb.yaml")
    with open(bomb, "w") as file:
        file.write("a0: &a0 [x, x]\n" + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)) + "? *a29\n: 1\n")
    for arguments, code, words in (
            (["train", "--out", ""], 2, "--out"), (["train", "--resume", ""], 2, "--resume"),
            (["train", "--text", ""], 2, "--text"),
            (["train", *QUICK, "--arm", "adam:lr=0x10"], 2, "0x10"),
            (["train", *QUICK, "--out", os.path.join(directory, "n" * 300)], 1, "name is too long"),
            (["train", *QUICK, "--out", deep + "/x"], 1, "not a directory"),
            (["train", *QUICK, "--out", "/proc/x"], 1, "no such file"),
            (["presets", "check", no_arm], 4, "no-arm.yaml"), (["train", "--preset", odd], 4, "odd.yaml"),
            (["presets", "check", scope], 4, "scope.yaml"), (["presets", "check", bomb], 4, "aliases"),
            (["train", "--arm", "adam:" + "x" * 100_000], 2, "characters"),
            (["train", "--workload", "noise", "--layers", "3"], 2, "noise"),
            (["train", "--workload", "noise", "--text", deep], 2, "noise")):
        began = time.monotonic()
        result = run(binary, *arguments)
        check(result.returncode == code, f"{arguments[:4]}: {result.returncode} {result.stderr[:500]}")
        check(words in result.stderr, f"{arguments[:4]}: {result.stderr[:500]}")
        check(max(map(len, result.stderr.splitlines())) < 2_100, f"{arguments[:4]}: an endless line")
        check(time.monotonic() - began < 10, f"{arguments[:4]}: slow")


def test_a_checkpoint_that_does_not_fit_its_run_exits_4(binary, directory):
    runs = []
    for name, model in (("a", "nano"), ("b", "micro")):
        out = os.path.join(directory, name)
        check(run(binary, "train", "--model", model, "--steps", "2", "--arm", "adam", "--out", out).returncode == 0, name)
        runs.append(os.path.join(out, "arms", "a-adam", "seed-0"))
    for name in ("model.safetensors", "optimizer.safetensors"):
        shutil.copy(os.path.join(runs[1], name), os.path.join(runs[0], name))
    result = run(binary, "train", "--resume", os.path.join(directory, "a"))
    check(result.returncode == 4, result)


def test_a_run_that_waits_for_its_text_answers_signals(binary, directory):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        process = subprocess.Popen([binary, "train", *QUICK, "--text", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=CLEAN)
        time.sleep(0.5)
        process.send_signal(number)
        began = time.monotonic()
        check(process.wait(10) == code, f"{number}: {process.returncode}")
        check(time.monotonic() - began < 1, f"{number}: {time.monotonic() - began:.2f} s")
        process.communicate()


def test_no_escape_of_others_reaches_stdout_or_stderr(binary, directory):
    evil = "\x1b]0;owned\x07\u009b31m\u202e"
    config = os.path.join(directory, "config", "magmascope", "presets")
    os.makedirs(config)
    with open(os.path.join(config, "evil.yaml"), "w") as file:
        file.write(f"title: {json.dumps(evil)}\narms: [adam]\nmodel: {{size: nano}}\nsteps: 2\n")
    environment = {"XDG_CONFIG_HOME": os.path.join(directory, "config")}
    out = os.path.join(directory, "d\x1b[2J")
    for arguments in (["presets", "list"], ["presets", "show", "evil"], ["train", "--preset", "evil", "--out", out],
                      ["runs", "show", out], ["train", "--arm", evil], ["train", "--preset", evil], ["sample", out + evil],
                      ["train", "--resume", out], ["train", "--" + evil]):
        result = run(binary, *arguments, env=environment)
        shown = result.stdout + result.stderr
        check(not any(c in shown for c in "\x1b\x07\u009b\u202e"), f"{arguments}: {shown!r}")
        check(shown.strip(), f"{arguments} says nothing")


def test_a_models_bytes_are_visible_unless_they_are_asked_for_raw(binary, directory):
    out = os.path.join(directory, "a\nb")
    made = run(binary, "train", *QUICK, "--out", out)
    check(made.returncode == 0, made.stderr)
    first = run(binary, "runs", "show", out).stdout.splitlines()[0]
    check("a\\nb" in first, "the line feed of a path is written as one: " + first)
    # Weights of a few steps write any byte.
    words = [binary, "sample", os.path.join(out, "arms", "a-adam", "seed-0"), "--tokens", "400"]
    shown, raw = (subprocess.run(words + more, capture_output=True, env=CLEAN).stdout for more in ([], ["--raw"]))
    check(b"\xef\xbf\xbd" not in shown + raw, "bytes were replaced")
    check(len(raw) == 401, f"{len(raw)} bytes for 400 tokens and a line feed")
    try:
        raw.decode()
        check(False, "the raw text has no invalid UTF-8 to look for")
    except UnicodeDecodeError as error:
        bad = b"\\x%02x" % raw[error.start]
        check(bad in shown, f"{bad} is not visible")
    shown.decode()


def test_a_run_of_a_later_program_is_not_deleted(binary, directory):
    out = os.path.join(directory, "run")
    check(run(binary, "train", *QUICK, "--out", out).returncode == 0, "train")
    path = os.path.join(out, "run.yaml")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(re.sub(r"format: \d+", "format: 99", text))
    result = run(binary, "runs", "delete", out, "--yes")
    check(result.returncode == 4 and "99" in result.stderr and os.path.exists(path), result.stderr)

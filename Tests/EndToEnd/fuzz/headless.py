"""Attacks through files and command lines, without a terminal."""
import json
import os
import resource
import shutil
import stat
import struct

from . import mutate, parts
from .oracle import Failed, ask, check, clean

HOSTILE = ["\x1b[2J", "\x1b]0;x\x07", "\u009b31m", "\u202eabc", "a\rb", "x\x08\x08", "\x7f", "\u2028", "é\u0301<&\"'|\\"]


def write(path, data):
    if os.path.lexists(path) and not os.path.isfile(path):
        # Put there by an earlier attack: a FIFO would be waited for.
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    with open(path, "wb") as file:
        file.write(data)
    return path


def presets(random, binary, directory, workshop):
    text = mutate.yaml(random, random.choice(parts.preset_texts()))
    file = write(os.path.join(directory, "preset.yaml"), text)
    checked = ask(binary, "presets", "check", file, seconds=10)
    check(checked.code in (0, 4), f"presets check ends with {checked.code}")
    if checked.code == 4:
        check(b"preset.yaml" in checked.err, f"the file is not named: {checked.err!r}")
    if random.random() < 0.3:
        ask(binary, "presets", "show", file)
        ask(binary, "train", "--preset", file, "--steps", "2", seconds=4, interrupts=True)


def arms(random, binary, directory, workshop):
    file = write(os.path.join(directory, "replay.json"), json.dumps(parts.replay(random)).encode())
    specification = parts.arm(random)
    answer = ask(binary, "replay", "--arm", specification, file)
    check(answer.code in (0, 2, 4), f"{specification}: exit {answer.code}")
    if answer.code == 0 and random.random() < 0.3:
        ask(binary, "train", *parts.NANO, "--arm", specification, seconds=10, interrupts=True)


def commands(random, binary, directory, workshop):
    run = workshop.copy("run", os.path.join(directory, "run"))
    words = ["train", "sweep", "compare", "runs", "list", "show", "export", "report", "sample", "gradients", "replay", "presets",
             "check", "optimizers", "bench", "doctor", "help", "nonsense", run, parts.checkpoint(run)]
    flags = ["--preset", "--arm", "--text", "--workload", "--model", "--layers", "--width", "--heads", "--ffn", "--context",
             "--batch", "--architecture", "--head", "--steps", "--schedule", "--warmup", "--clip", "--eval-every", "--seed",
             "--seeds", "--threads", "--set", "--format", "--out", "--resume", "--grid", "--tuning-seeds", "--judging-seeds",
             "--margin", "--to", "--prompt", "--tokens", "--temperature", "--json", "--help", "--version", "--log-level",
             "--probe", "--attention-cap", "--logit-cap", "--seconds", "--arms"]
    values = [v for v in mutate.TEXTS if "\x00" not in v] + [str(v) for v in mutate.NUMBERS] + [
        "nano", "adam", "magma(adam)", "language", "quadratic", "noise", "1", "2", "lr=1e-3..1e-2:2", "csv", "latex", directory + "/o"]
    line = [random.choice(words)] if random.random() < 0.95 else []
    if random.random() < 0.4:
        line.append(random.choice(words))
    for _ in range(random.choice([0, 1, 2, 3, 5])):
        line.append(random.choice(flags))
        if random.random() < 0.85:
            line.append(random.choice(values))
    if line and line[0] in ("train", "sweep") and random.random() < 0.7:
        line += ["--model", "nano", "--steps", "2"]
    ask(binary, *line, cwd=directory, seconds=3, interrupts=True, stdin=b"text\n" * 500, env={"XDG_DATA_HOME": directory})


def checkpoints(random, binary, directory, workshop):
    place = parts.checkpoint(workshop.copy("run", os.path.join(directory, "run")))
    config, weights = os.path.join(place, "config.json"), os.path.join(place, "model.safetensors")
    kind = random.randrange(4)
    if kind == 0:
        write(config, mutate.document(random, open(config, "rb").read()))
    elif kind == 1:
        write(weights, mutate.flip(random, open(weights, "rb").read()))
    elif kind == 2:
        write(weights, damaged_header(random, open(weights, "rb").read()))
    else:
        data = open(weights, "rb").read()
        length = 8 + struct.unpack("<Q", data[:8])[0]
        write(weights, data[:length] + random.choice([b"\xff\xff\xff\x7f", b"\x00\x00\x80\x7f"])
              * ((len(data) - length) // 4))
    answer = ask(binary, "sample", place, "--tokens", "8", seconds=10)
    check(answer.code in (0, 4, 2), f"sample ends with {answer.code}: {answer.err!r}")
    if kind == 3:
        check(answer.code == 4, f"weights that are no numbers were sampled: {answer.out!r}")
    tokens = write(os.path.join(directory, "t.json"), json.dumps({"inputs": [[1, 2, 3]], "targets": [[2, 3, 4]]}).encode())
    ask(binary, "gradients", place, "--tokens", tokens, "--out", os.path.join(directory, "g"), seconds=10)


def damaged_header(random, data):
    length = struct.unpack("<Q", data[:8])[0]
    header = mutate.document(random, data[8:8 + length])
    size = random.choice([len(header)] * 6 + [0, 1, length, 2**31, 2**62, 2**64 - 1])
    return struct.pack("<Q", size) + header + data[8 + length:]


def resumes(random, binary, directory, workshop):
    run = workshop.copy("run", os.path.join(directory, "run"))
    for _ in range(random.choice([1, 1, 2])):
        file = random.choice([f for f in parts.files(run) if os.path.isfile(f)] or [os.path.join(run, "run.yaml")])
        hurt(random, file)
    if random.random() < 0.2:
        name = random.choice(["checkpoint.pending", "journal.jsonl", "arms"])
        target = os.path.join(run, name)
        shutil.rmtree(target, ignore_errors=True) if os.path.isdir(target) else None
        write(target, random.choice([b"../../../etc/x\n", b"\x00" * 64, b"arms/x\n" * 1000, b""]))
    inside(directory, [run, os.path.join(directory, "out")], lambda: use_run(random, binary, directory, run))


def use_run(random, binary, directory, run):
    ask(binary, "runs", "show", run)
    answer = ask(binary, "train", "--resume", run, seconds=15, interrupts=True)
    check(answer.code in (0, 1, 2, 4, 130), f"resume ends with {answer.code}")
    ask(binary, "compare", run)
    form = random.choice(["csv", "jsonl", "svg", "latex", "tensorboard"])
    out = os.path.join(directory, "out")
    ask(binary, "runs", "export", run, "--to", form, "--out", out)
    if os.path.isfile(out):
        clean(open(out, "rb").read(), f"the {form} export")


def hurt(random, file):
    """Damages a file after its kind, or puts something else in its place."""
    data = open(file, "rb").read() if os.path.isfile(file) and not os.path.islink(file) else b""
    if random.random() < 0.12:
        os.unlink(file)
        other = random.randrange(5)
        if other == 0:
            os.mkfifo(file)
        elif other == 1:
            os.mkdir(file)
        elif other == 2:
            os.symlink(random.choice(["/dev/zero", "/dev/full", file, "/nowhere", "/etc/passwd"]), file)
        elif other == 3:
            with open(file, "wb") as hole:
                hole.truncate(1 << 42)
        return
    if file.endswith(".json"):
        write(file, mutate.document(random, data))
    elif file.endswith(".jsonl"):
        write(file, mutate.lines(random, data))
    elif file.endswith(".yaml") and not data.startswith(b"{"):
        write(file, mutate.yaml(random, data.decode("utf-8", "replace")))
    elif file.endswith(".safetensors") and random.random() < 0.5 and len(data) > 8:
        write(file, damaged_header(random, data))
    else:
        write(file, mutate.document(random, data) if data.startswith(b"{") else mutate.flip(random, data))


def inside(directory, allowed, action):
    """Checks that the action has written only where it may."""
    def listing():
        found = {}
        for base, names, others in os.walk(directory):
            if any(base == place or base.startswith(place + os.sep) for place in allowed):
                names.clear()
                continue
            for name in others:
                status = os.lstat(os.path.join(base, name))
                found[os.path.join(base, name)] = (status.st_size, status.st_mtime_ns, stat.S_IFMT(status.st_mode))
        return found
    before = listing()
    action()
    after = {path: value for path, value in listing().items() if path not in allowed}
    check(after == {path: value for path, value in before.items() if path not in allowed},
          f"written outside: {sorted(set(after) ^ set(before))[:5]}")


def sweeps(random, binary, directory, workshop):
    sweep = workshop.copy("sweep", os.path.join(directory, "sweep"))
    for _ in range(random.choice([1, 1, 2])):
        hurt(random, random.choice([f for f in parts.files(sweep) if os.path.isfile(f)] or [os.path.join(sweep, "sweep.yaml")]))
    ask(binary, "compare", sweep)
    page = os.path.join(directory, "page.html")
    if ask(binary, "report", sweep, "--out", page).code == 0:
        clean(open(page, "rb").read(), "the report")
    if random.random() < 0.4:
        answer = ask(binary, "sweep", "--resume", "--out", sweep, seconds=15, interrupts=True)
        check(answer.code in (0, 1, 2, 4, 130), f"resume ends with {answer.code}")


def documents(random, binary, directory, workshop):
    """JSON of replay and gradients."""
    if random.random() < 0.6:
        data = mutate.document(random, json.dumps(parts.replay(random)).encode())
        file = write(os.path.join(directory, "r.json"), data)
        answer = ask(binary, "replay", "--arm", random.choice(["adam", "magma(adam)", "muon", "magma(sgd):grain=row"]), file)
        check(answer.code in (0, 2, 4), f"replay ends with {answer.code}")
        return
    place = parts.checkpoint(workshop.copy("run", os.path.join(directory, "run")))
    tokens = {"inputs": [[1, 2, 3], [4, 5, 6]], "targets": [[2, 3, 4], [5, 6, 7]]}
    file = write(os.path.join(directory, "t.json"), mutate.document(random, json.dumps(tokens).encode()))
    answer = ask(binary, "gradients", place, "--tokens", file, "--out", os.path.join(directory, "g"))
    check(answer.code in (0, 2, 4), f"gradients ends with {answer.code}")


def texts(random, binary, directory, workshop):
    alphabet = random.choice([b"a", b"ab \n", bytes(range(256)), "日本語é\u0301🙂 ".encode(), b"\x00", b"\xff\xfe", b"\r\n", b"\x1b[2J"])
    size = random.choice([0, 1, 10, 100, 1000, 5000, 50_000])
    data = bytes(random.choice(alphabet) for _ in range(size)) if random.random() < 0.5 else (alphabet * (size + 1))[:size]
    file = write(os.path.join(directory, "text" + random.choice(["", ".txt", "\x1b[2J", " \u202e"])), data)
    tokenizer = random.choice(["byte", "character", "bpe"])
    settings = ["--set", f"tokenizer={tokenizer}"]
    if tokenizer == "bpe":
        settings += ["--set", f"vocabulary={random.choice([257, 300, 1024])}"]
    out = os.path.join(directory, "run")
    answer = ask(binary, "train", *parts.NANO, "--text", file, *settings, "--arm", "adam", "--out", out, seconds=20,
                 env={"XDG_CACHE_HOME": directory})
    check(answer.code in (0, 1, 4), f"train ends with {answer.code}: {answer.err!r}")
    if answer.code == 0:
        ask(binary, "sample", parts.checkpoint(out), "--tokens", "50", env={"XDG_CACHE_HOME": directory})


def disks(random, binary, directory, workshop):
    """Streams and files that cannot be written."""
    out = os.path.join(directory, "run")
    kind = random.randrange(6)
    line = ["train", *parts.NANO, "--arm", "adam"]
    if kind == 0:
        command = random.choice([["presets", "list"], ["presets", "show", "first-look"], ["optimizers"], ["optimizers", "--json"],
                                 ["--help"], ["--version"], line, line + ["--out", out]])
        with open("/dev/full", "wb") as full:
            check(ask(binary, *command, stdout=full).code == 1, f"{command}: a full stdout goes unnoticed")
    elif kind == 1:
        size = random.choice([0, 1, 512, 4096, 20_000, 60_000])
        answer = ask(binary, *line, "--out", out, limit={resource.RLIMIT_FSIZE: size})
        check(answer.code in (0, 1), f"files of {size} bytes: {answer.code}")
    elif kind == 2:
        answer = ask(binary, *line, "--out", out, limit={resource.RLIMIT_NOFILE: random.randrange(4, 40)})
        check(answer.code in (0, 1, 4), f"few descriptors: {answer.code}")
    elif kind == 3:
        home = random.choice(["/nonexistent", "/proc", "/dev/null", "", "relative", "\x1b[2J", "x" * 5000])
        for command in (["presets", "list"], ["runs", "list"], line):
            ask(binary, *command, env={"HOME": home, "XDG_DATA_HOME": random.choice(["", home]), "XDG_CACHE_HOME": home})
    elif kind == 4:
        size = random.choice([600, 800, 1200, 3000]) << 20
        model = random.choice([[], ["--layers", "64", "--width", "4096"], ["--layers", "8", "--width", "1024", "--heads", "8"]])
        answer = ask(binary, "train", "--steps", "1", "--arm", "adam", "--threads", "2", *model,
                     limit={resource.RLIMIT_AS: size}, seconds=8, interrupts=True)
        check(answer.code in (0, 2, 130), f"{model} in {size >> 20} MiB: {answer.code} {answer.err!r}")
    else:
        target = random.choice(["/proc/x", "/dev/null", "/dev/null/x", "", "x" * 300, "/" + "d/" * 3000, directory + "/\x1b[2J"])
        answer = ask(binary, *line, "--out", target, cwd=directory)
        check(answer.code in (0, 1, 2), f"--out {target!r}: {answer.code}")
        check(b"Input/output error" not in answer.err, f"--out {target!r}: {answer.err!r}")
        for command in (["report", directory, "--out", target], ["runs", "export", directory, "--to", "csv", "--out", target]):
            ask(binary, *command, cwd=directory)


def escapes(random, binary, directory, workshop):
    """Every text that comes from outside, through every command that might show it."""
    bad = random.choice(HOSTILE) + random.choice(["", "x", "\x1b[0m"])
    place = os.path.join(directory, "d" + bad.replace("/", "").replace("\x00", ""))
    kind = random.randrange(6)
    if kind == 0:
        run = workshop.copy("run", place)
        for command in (["runs", "show", run], ["compare", run], ["train", "--resume", run], ["runs", "export", run, "--to", "csv"],
                        ["sample", parts.checkpoint(run), "--tokens", "3"], ["report", run, "--out", place + "/p.html"]):
            ask(binary, *command)
    elif kind == 1:
        config = os.path.join(directory, "config")
        os.makedirs(os.path.join(config, "magmascope", "presets"))
        body = f"title: {json.dumps(bad)}\nabout: {json.dumps(bad)}\narms: [adam]\nsteps: 2\nmodel: {{size: nano}}\n"
        name = "p" + bad.replace("/", "") + ".yaml"
        write(os.path.join(config, "magmascope", "presets", name), body.encode())
        environment = {"XDG_CONFIG_HOME": config}
        ask(binary, "presets", "list", env=environment)
        ask(binary, "presets", "show", name[:-5], env=environment)
        out = os.path.join(directory, "run")
        ask(binary, "train", "--preset", name[:-5], "--out", out, "--format", random.choice(["plain", "csv", "jsonl"]), env=environment)
        ask(binary, "runs", "show", out)
        ask(binary, "report", out, "--out", os.path.join(directory, "p.html"))
    elif kind == 2:
        for command in (["train", "--arm", bad], ["train", "--arm", "adam:" + bad + "=1"], ["train", "--arm", "adam:lr=" + bad],
                        ["train", "--preset", bad], ["train", "--text", bad], ["train", "--set", bad + "=1"], ["train", "--clip", bad],
                        ["train", "--workload", bad], ["train", "--model", bad], [bad], ["--" + bad], ["sample", bad],
                        ["runs", "show", bad], ["presets", "show", bad], ["train", "--log-level", bad], ["train", "--probe", bad],
                        ["compare", bad, bad], ["sweep", "--grid", bad, "--out", place], ["train", "--theme", bad]):
            ask(binary, *command)
    elif kind == 3:
        run = workshop.copy("run", os.path.join(directory, "run"))
        weights = os.path.join(parts.checkpoint(run), "model.safetensors")
        data = open(weights, "rb").read()
        length = struct.unpack("<Q", data[:8])[0]
        header = data[8:8 + length].decode()
        field = random.choice(["model.norm.weight", "F32", "pt"])
        header = header.replace(field, json.dumps(bad)[1:-1], 1).encode()
        write(weights, struct.pack("<Q", len(header)) + header + data[8 + length:])
        ask(binary, "sample", parts.checkpoint(run), "--tokens", "3")
        ask(binary, "train", "--resume", run)
    elif kind == 4:
        run = workshop.copy("run", os.path.join(directory, "run"))
        name = random.choice(["metrics.jsonl", "run.yaml", "journal.jsonl"])
        file = os.path.join(run, name)
        text = open(file, encoding="utf-8").read()
        text = text.replace(random.choice(["adam", "language", "nano", "validationLoss", "micro"]), json.dumps(bad)[1:-1])
        write(file, text.encode())
        use_run(random, binary, directory, run)
    else:
        document = parts.replay(random)
        document["blocks"][0]["name"] = bad
        document["steps"][0]["gradients"] = {random.choice([bad, "w"]): [0.1]}
        ask(binary, "replay", "--arm", "adam", write(os.path.join(directory, "r.json"), json.dumps(document).encode()))


KINDS = {kind.__name__: kind for kind in (
    presets, arms, commands, checkpoints, resumes, sweeps, documents, texts, disks, escapes)}

"""Sweeps worked on by several processes: killed, stopped, in shares, over mounts with old caches."""
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import time

from harness import CLEAN, check
from pty_line import Line

FLAGS = ["--model", "nano", "--steps", "60", "--eval-every", "30", "--arm", "adam", "--arm",
         "magma(adam)", "--grid", "lr=1e-3..1e-2:3", "--tuning-seeds", "2", "--judging-seeds", "3"]
TOTAL = 3 * 3 * 2 + 3 * 4
# Cells that take no time, where only what becomes of them is of interest.
TINY = ["--workload", "quadratic", "--steps", "20", *FLAGS[6:]]


def run(binary, *arguments, seconds=120, env=None):
    return subprocess.run([binary, *arguments], capture_output=True, text=True,
                          env=dict(CLEAN, **(env or {})), stdin=subprocess.DEVNULL, timeout=seconds)


def worker(binary, place, *flags, env=None):
    return subprocess.Popen(
        [binary, "sweep", "work", place, "--jobs", "1", *flags], env=dict(CLEAN, **(env or {})),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def plan(binary, place, flags=FLAGS):
    made = run(binary, "sweep", "plan", *flags, "--no-estimate", "--out", place)
    check(made.returncode == 0, made.stderr)


def gathered(place):
    with open(os.path.join(place, "cells.jsonl"), "rb") as file:
        return file.read()


def status(binary, place):
    return json.loads(run(binary, "sweep", "status", place, "--json").stdout)


def alone(binary, directory, flags=FLAGS):
    place = os.path.join(directory, "alone")
    plan(binary, place, flags)
    done = run(binary, "sweep", "work", place)
    check(done.returncode == 0, done.stderr)
    return gathered(place)


def test_four_processes_leave_the_bytes_of_one_and_compute_nothing_twice(binary, directory):
    expected = alone(binary, directory)
    check(expected.count(b"\n") == TOTAL, expected)
    place = os.path.join(directory, "four")
    plan(binary, place)
    workers = [worker(binary, place) for _ in range(4)]
    check([w.wait(120) for w in workers] == [0] * 4, "a worker did not find the sweep complete")
    check(gathered(place) == expected, "the cells differ")
    claims = os.listdir(os.path.join(place, "claims"))
    check(len(claims) == TOTAL and all(name.endswith(".0") for name in claims), claims)
    check(status(binary, place)["phase"] == "complete", status(binary, place))


def test_twenty_kills_lose_nothing(binary, directory):
    expected = alone(binary, directory)
    place = os.path.join(directory, "killed")
    plan(binary, place)
    random.seed(7)
    kills, workers = 0, [worker(binary, place) for _ in range(3)]
    deadline = time.monotonic() + 120
    while any(w.poll() is None for w in workers) and time.monotonic() < deadline:
        time.sleep(random.uniform(0.02, 0.12))
        victim = random.randrange(3)
        if kills < 20 and workers[victim].poll() is None:
            workers[victim].send_signal(signal.SIGKILL)
            workers[victim].wait()
            kills += 1
            workers[victim] = worker(binary, place)
    check([w.wait(60) for w in workers] == [0] * 3, "a worker did not find the sweep complete")
    check(gathered(place) == expected, "the cells differ")
    later = [n for n in os.listdir(os.path.join(place, "claims")) if not n.endswith(".0")]
    check(len(later) <= kills, f"{len(later)} cells taken over after {kills} kills")
    check(status(binary, place)["cells"]["done"] == TOTAL, status(binary, place))


def test_a_killed_owner_is_replaced_within_a_second(binary, directory):
    place = os.path.join(directory, "one")
    flags = ["--model", "nano", "--steps", "4000", "--eval-every", "4000", "--arm", "adam",
             "--grid", "lr=1e-3..1e-3:1", "--tuning-seeds", "1", "--judging-seeds", "0"]
    plan(binary, place, flags)
    first = worker(binary, place)
    claim = os.path.join(place, "claims", "tuning-a0-p0-s0.")
    wait(lambda: os.path.exists(claim + "0"), "the first claim")
    second = worker(binary, place)
    wait(lambda: len(os.listdir(os.path.join(place, "workers"))) == 2, "the second worker")
    time.sleep(0.5)
    standing = status(binary, place)
    check(standing["cells"]["running"] == 1 and len(standing["workers"]) == 2, standing)
    first.kill()
    killed = time.monotonic()
    first.wait()
    wait(lambda: os.path.exists(claim + "1"), "the second claim")
    check(time.monotonic() - killed < 1.2, f"{time.monotonic() - killed} s")
    second.send_signal(signal.SIGTERM)
    ended = time.monotonic()
    check(second.wait(10) == 143, "exit status after TERM")
    check(time.monotonic() - ended < 2, "TERM took too long")
    check(status(binary, place)["cells"]["abandoned"] == 1, status(binary, place))


def wait(condition, reason, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, "waited in vain for " + reason)
        time.sleep(0.01)


def test_shares_never_wait_and_together_do_all(binary, directory):
    expected = alone(binary, directory)
    place = os.path.join(directory, "shares")
    plan(binary, place)
    codes = []
    for _ in range(2):
        workers = [worker(binary, place, "--shard", f"{k}/4") for k in range(4)]
        codes += [w.wait(60) for w in workers]
    check(set(codes) <= {0, 75} and codes[-1] in (0, 75), codes)
    check(run(binary, "sweep", "work", place).returncode == 0, "not complete")
    check(gathered(place) == expected, "the cells differ")
    check(not os.listdir(os.path.join(place, "claims")), "a share makes no claims")


def test_a_worker_leaves_in_time_with_75(binary, directory):
    place = os.path.join(directory, "until")
    plan(binary, place, [*FLAGS[:3], "4000", *FLAGS[4:]])
    started = time.monotonic()
    left = worker(binary, place, "--until", "1s")
    check(left.wait(20) == 75 and time.monotonic() - started < 4, left.returncode)
    stopped = worker(binary, place)
    wait(lambda: status(binary, place)["cells"]["running"] == 1, "a cell under way")
    stopped.send_signal(signal.SIGUSR1)
    check(stopped.wait(5) == 75, stopped.returncode)


def test_every_fault_has_its_line_and_loses_nothing(binary, directory):
    expected = alone(binary, directory, TINY)
    for number, fault in enumerate((
            "claim.made:kill", "claim.written:kill", "cell.synced@3:kill", "cell.linked@2:kill",
            "gather.write:kill", "gather.rename@2:kill", "cell.write@4:ENOSPC", "cell.link:EPERM",
            "cell.link@1+:EPERM", "cell.link@1+:ENOTSUP", "claim.make@3:EPERM",
            "claim.make@2:EACCES", "times.write:EROFS", "gather.write:ENOSPC")):
        place = os.path.join(directory, f"fault-{number}")
        plan(binary, place, TINY)
        hurt = worker(binary, place, env={"MAGMASCOPE_FAULT": fault})
        code, message = hurt.wait(60), hurt.stderr.read().decode()
        if fault.endswith("kill"):
            check(code == -9, f"{fault}: {code} {message}")
        elif code != 0:
            check(code == 1 and message.rstrip().splitlines()[-1].startswith("magmascope: "),
                  f"{fault}: {code} {message}")
        again = run(binary, "sweep", "work", place, "--stale", "1")
        check(again.returncode == 0, f"{fault}: {again.stderr}")
        check(gathered(place) == expected, f"{fault}: the cells differ")


def test_other_kernels_are_refused_in_one_line(binary, directory):
    place = os.path.join(directory, "kernels")
    plan(binary, place)
    refused = run(binary, "sweep", "work", place, env={"MAGMASCOPE_KERNELS": "portable"})
    check(refused.returncode == 2 and "kernel level" in refused.stderr, refused.stderr)
    check(refused.stderr.count("\n") <= 2, refused.stderr)
    check(not os.path.exists(os.path.join(place, "claims")), "it began all the same")


def test_a_damaged_plan_is_told_and_never_traps(binary, directory):
    place = os.path.join(directory, "plan")
    plan(binary, place)
    path = os.path.join(place, "sweep.yaml")
    with open(path) as file:
        whole = json.load(file)
    for change in (
            lambda p: p["axes"][0].update(values=[]), lambda p: p.update(axes=[]),
            lambda p: p["axes"][0].update(values=[1, 1]), lambda p: p.update(tuningSeedCount=0),
            lambda p: p["configuration"].update(arms=[]), lambda p: p.update(format=99),
            lambda p: p["configuration"]["arms"][0].update(text="nothing"),
            lambda p: p["axes"][0].update(key="nothing")):
        damaged = json.loads(json.dumps(whole))
        change(damaged)
        with open(path, "w") as file:
            json.dump(damaged, file)
        for verb in (["sweep", "work", place], ["compare", place], ["report", place, "--out",
                     os.path.join(directory, "x.html")], ["sweep", "status", place]):
            told = run(binary, *verb)
            check(told.returncode in (0, 1, 2, 4), f"{verb}: {told.returncode} {told.stderr}")
        check(run(binary, "sweep", "work", place).returncode in (2, 4), damaged)
    less = json.loads(json.dumps(whole))
    less["configuration"]["settings"] = {}
    del less["configuration"]["arms"][0]["values"]["eps"]
    with open(path, "w") as file:
        json.dump(less, file)
    done = run(binary, "sweep", "work", place)
    check(done.returncode == 0, done.stderr)


def without_alignment(lines):
    """The cells as they were before the alignment of bare arms was measured."""
    cells = [json.loads(line) for line in lines.splitlines()]
    for cell in cells:
        for evaluation in cell["evaluations"] if cell["cell"]["arm"] == 0 else []:
            evaluation.pop("alignment", None)
            evaluation.pop("maskRate", None)
    return cells


def test_a_first_round_directory_goes_on_to_the_same_bits(binary, directory):
    source = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                          "StudiesTests", "Fixtures", "first-round-sweep")
    place = os.path.join(directory, "old")
    shutil.copytree(source, place)
    whole = gathered(place)
    with open(os.path.join(place, "cells.jsonl"), "wb") as file:
        file.write(b"".join(whole.splitlines(True)[:5]))
    done = run(binary, "sweep", "--resume", "--out", place)
    check(done.returncode == 0 and "5 already finished" in done.stderr, done.stderr)
    check(without_alignment(gathered(place)) == without_alignment(whole), "the cells differ")
    for verb in (["compare", place], ["report", place, "--out", os.path.join(directory, "r.html")]):
        check(run(binary, *verb).returncode == 0, verb)


def test_all_doors_give_the_same_verdict(binary, directory):
    place = os.path.join(directory, "judged")
    flags = ["--workload", "quadratic", "--steps", "40", "--arm", "adam", "--arm", "magma(adam)",
             "--grid", "lr=1e-2..1:3", "--tuning-seeds", "1", "--judging-seeds", "6"]
    swept = run(binary, "sweep", *flags, "--out", place)
    compared = run(binary, "compare", place).stdout
    verdict = compared[:compared.index("\n\ncost: ")]
    check(verdict in swept.stdout, swept.stdout)
    check(verdict in run(binary, "sweep", "status", place).stdout, "status")
    page = os.path.join(directory, "report.html")
    run(binary, "report", place, "--out", page)
    with open(page) as file:
        text = file.read().replace("&#39;", "'").replace("&#x27;", "'")
    check(verdict.splitlines()[1] in text, "report")


def mounts(directory, shared):
    """Two views of a directory with caches of twenty seconds: two hosts on a network."""
    sftp = "/usr/lib/openssh/sftp-server"
    if not (shutil.which("sshfs") and os.path.exists(sftp) and os.path.exists("/dev/fuse")):
        return None
    script = os.path.join(directory, "nossh")
    with open(script, "w") as file:
        file.write(f"#!/bin/sh\nexec {sftp}\n")
    os.chmod(script, 0o700)
    caches = "".join(f",{kind}_timeout=20" for kind in ("dcache", "entry", "attr", "negative"))
    views = []
    for number in range(2):
        view = os.path.join(directory, f"mount-{number}")
        os.mkdir(view)
        made = subprocess.run(["sshfs", "-o", f"ssh_command={script}{caches}", f"x:{shared}", view],
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
        if made.returncode != 0:
            return None
        views.append(view)
    return views


def test_two_mounts_with_old_caches_kills_and_stops_lose_nothing(binary, directory):
    expected = alone(binary, directory)
    shared = os.path.join(directory, "shared")
    os.mkdir(shared)
    plan(binary, os.path.join(shared, "sweep"))
    views = mounts(directory, shared)
    if views is None:
        print("     (no sshfs here: not run)", flush=True)
        return
    try:
        flags = ["--stale", "5", "--beat", "0.5"]
        places = [os.path.join(views[k % 2], "sweep") for k in range(4)]
        workers = [worker(binary, place, *flags) for place in places]
        random.seed(3)
        stopped, kills = [], 0
        deadline = time.monotonic() + 200
        while any(w.poll() is None for w in workers) and time.monotonic() < deadline:
            time.sleep(0.3)
            victim = random.randrange(4)
            if workers[victim].poll() is not None:
                continue
            if kills < 6:
                workers[victim].kill()
                workers[victim].wait()
                kills += 1
                workers[victim] = worker(binary, places[victim], *flags)
            elif len(stopped) < 1:
                workers[victim].send_signal(signal.SIGSTOP)
                stopped.append((workers[victim], time.monotonic()))
            for process, since in stopped:
                if time.monotonic() - since > 8:
                    process.send_signal(signal.SIGCONT)
        check([w.wait(60) for w in workers] == [0] * 4, "a worker did not find the sweep complete")
        found = b"".join(
            open(path, "rb").read() for path in glob.glob(os.path.join(shared, "sweep/cells/*.json")))
        check(sorted(found.splitlines()) == sorted(expected.splitlines()), "the cells differ")
        check(gathered(os.path.join(shared, "sweep")) == expected, "the gathered cells differ")
    finally:
        for view in views:
            subprocess.run(["fusermount3", "-uz", view], capture_output=True)


def test_a_sweep_is_looked_at_without_being_touched(binary, directory):
    place = os.path.join(directory, "looked")
    plan(binary, place, FLAGS)
    check(run(binary, "sweep", "work", place).returncode == 0, "work")
    before = {name: os.stat(os.path.join(place, name)).st_mtime_ns for name in os.listdir(place)}
    shown = run(binary, "screen", place, "--screen", "sweep", "--size", "120x40")
    check(shown.returncode == 0 and "magma(adam)" in shown.stdout and "no sweep yet" not in shown.stdout, shown.stdout)
    refused = run(binary, "watch", place)
    check(refused.returncode == 3 and "sweep status" in refused.stderr, refused.stderr)
    after = {name: os.stat(os.path.join(place, name)).st_mtime_ns for name in os.listdir(place)}
    check(before == after, "whoever looks has written")
    with Line([binary, "watch", place], columns=120, rows=40) as line:
        line.wait("[4 Sweep]", "the Sweep screen")
        line.wait("magma(adam)", "the arms")
        line.send("q")
        check(line.finish()[0] == 0, "exit status")
    path = os.path.join(place, "sweep.yaml")
    with open(path) as file:
        newer = json.load(file)
    newer["format"] = 99
    with open(path, "w") as file:
        json.dump(newer, file)
    for verb in (["screen", place], ["watch", place]):
        done = run(binary, *verb)
        check(done.returncode == 4 and "99" in done.stderr, (verb, done.returncode, done.stderr))

"""Sweeps: launched, watched, paused and judged in the explorer; killed and resumed without a trace."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

from harness import CLEAN, Terminal, check

QUADRATIC = ["--workload", "quadratic", "--steps", "40"]
GRID = "lr=1e-2..1:3"


def sweep(binary, directory, *arguments, seconds=120):
    return subprocess.run(
        [binary, "sweep", *arguments, "--out", directory], capture_output=True, text=True,
        env=CLEAN, stdin=subprocess.DEVNULL, timeout=seconds)


def cells(directory):
    """All cells, in one file once they are gathered, else one by one."""
    try:
        with open(os.path.join(directory, "cells.jsonl"), "rb") as file:
            return file.read()
    except FileNotFoundError:
        place = os.path.join(directory, "cells")
        names = sorted(os.listdir(place)) if os.path.isdir(place) else []
        parts = []
        for name in names:
            if not name.startswith("."):
                with open(os.path.join(place, name), "rb") as file:
                    parts.append(file.read())
        return b"".join(parts)


def runs_done(text):
    match = re.search(r"(\d+) of \d+ runs", text)
    return int(match.group(1)) if match else None


def test_a_sweep_is_launched_watched_and_judged_in_the_explorer(binary, directory):
    place = os.path.join(directory, "sweep")
    with Terminal([binary, *QUADRATIC], columns=120, rows=40) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send("4")
        terminal.wait("no sweep yet", "the Sweep screen")
        terminal.send(f":sweep {GRID} tuning=2 judging=6 out={place}\r")
        terminal.wait("DONE", "the sweep to end")
        terminal.wait(lambda text: re.search(r"grade [ABC]", text), "a graded verdict")
        terminal.wait("Nothing here speaks about larger models", "the sentence")
        terminal.wait("final loss vs lr", "the chart")
        check(runs_done(terminal.text()) == 3 * 3 * 2 + 3 * 7, terminal.text())
        terminal.send("v")
        terminal.wait("[x] a repeat reproduces it bit for bit: identical", "the checklist")
        terminal.send("\x1b")
        terminal.pass_time(0.2)
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
        terminal.assert_restored()
    arms = ["--arm", "adam", "--arm", "magma(adam)"]
    other = os.path.join(directory, "headless")
    result = sweep(binary, other, *QUADRATIC, *arms, "--grid", GRID, "--tuning-seeds", "2",
                   "--judging-seeds", "6")
    check(result.returncode == 0, result.stderr)
    strip = lambda data: [json.loads(line)["finalLoss"] for line in data.splitlines()]
    check(strip(cells(place)) == strip(cells(other)), "explorer and headless cells differ")


def test_a_grid_is_extended_where_the_best_lies_at_its_edge(binary, directory):
    """E goes on in a directory of its own, takes over what is done and judges as --extend does."""
    place, other = os.path.join(directory, "short"), os.path.join(directory, "headless")
    grid = "lr=1e-3..1e-2:2"
    with Terminal([binary, *QUADRATIC], columns=120, rows=40,
                  env={"XDG_DATA_HOME": directory}) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send(f":sweep {grid} tuning=2 judging=6 out={place}\r")
        terminal.wait("E extends the grid", "the edge to be told", 90)
        terminal.wait("not tuned", "the verdict of a sweep at its edge", 60)
        terminal.wait("DONE", "the end")
        terminal.send("E")
        terminal.wait(lambda text: "DONE" in text and "not tuned" not in text
                      and re.search(r"grade [ABC]", text), "the verdict to change", 90)
        check("E extends the grid" not in terminal.text(), terminal.text())
        terminal.send("E")
        terminal.wait("no best value lies at the edge", "nothing more to extend")
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
        terminal.assert_restored()
    kept = os.path.join(directory, "magmascope", "sweeps")
    check(len(os.listdir(kept)) == 1, os.listdir(kept))
    longer = os.path.join(kept, os.listdir(kept)[0])
    with open(os.path.join(place, "sweep.yaml")) as one, \
            open(os.path.join(longer, "sweep.yaml")) as two:
        declared, extended = json.load(one), json.load(two)
    check(declared.pop("extensionLimit", None) is None, "the declared plan was changed")
    check(extended.pop("extensionLimit") == 3, "every arm's allowance")
    check(extended["axes"] == declared["axes"], "the grid itself is as it was declared")
    tuned = lambda folder: {line for line in cells(folder).splitlines() if b'"tuning' in line}
    check(tuned(place) < tuned(longer), "what was done is not taken over")
    points = {}
    for line in cells(longer).splitlines():
        arm, point = re.search(rb'"tuning-a(\d+)-p(\d+)-', line).groups() \
            if b'"tuning' in line else (None, None)
        points.setdefault(arm, set()).add(point)
    points.pop(None)
    check(len(points) == 3 and all(2 < len(tried) <= 2 + 3 for tried in points.values()), points)
    arms = ["--arm", "adam", "--arm", "magma(adam)"]
    result = sweep(binary, other, *QUADRATIC, *arms, "--grid", grid, "--tuning-seeds", "2",
                   "--judging-seeds", "6", "--extend", "3")
    check(result.returncode == 0, result.stderr)
    check(cells(other) == cells(longer), "extended beforehand, the cells would be others")


def test_a_form_starts_a_sweep(binary, directory):
    with Terminal([binary, *QUADRATIC], env={"XDG_DATA_HOME": directory}) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send("4\r")
        terminal.wait("new sweep", "the form")
        terminal.send("\r")
        terminal.wait(lambda text: re.search(r"grade [ABC]", text), "a graded verdict", 60)
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
    kept = os.listdir(os.path.join(directory, "magmascope", "sweeps"))
    check(len(kept) == 1 and kept[0].endswith("-lr"), kept)


def test_a_paused_sweep_stands_still_and_quitting_keeps_it(binary, directory):
    place = os.path.join(directory, "sweep")
    line = f":sweep lr=1e-3..1e-2:2 tuning=1 judging=2 steps=60 out={place}\r"
    with Terminal([binary, "--model", "nano"]) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send(line)
        terminal.wait(lambda text: (runs_done(text) or 0) >= 1, "a finished cell", 60)
        terminal.send(" ")
        terminal.wait("PAUSED", "the pause")
        terminal.pass_time(0.5)
        done = runs_done(terminal.text())
        terminal.pass_time(1)
        check(runs_done(terminal.text()) == done, "cells were finished during a pause")
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
        terminal.assert_restored()
        check(b"go on with: magmascope sweep work" in terminal.bytes, terminal.bytes[-300:])
    before = cells(place)
    check(before.count(b"\n") >= done, before)
    result = sweep(binary, place, "--resume")
    check(result.returncode == 0, result.stderr)
    check("already finished" in result.stderr, result.stderr)
    check(cells(place).count(b"\n") == 3 * 2 + 3 * 3, cells(place))
    check("Nothing here speaks about larger models" in result.stdout, result.stdout)


def test_a_killed_explorer_leaves_a_sweep_that_goes_on(binary, directory):
    place = os.path.join(directory, "sweep")
    with Terminal([binary, "--model", "nano"], columns=120, rows=40) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send(f":sweep lr=1e-3..1e-2:2 tuning=1 judging=2 steps=60 out={place}\r")
        terminal.wait(lambda text: (runs_done(text) or 0) >= 2, "two finished cells", 60)
        os.kill(terminal.children()[0], signal.SIGKILL)
        check(terminal.finish() == 137, "exit status")
        terminal.assert_restored()
    kept = cells(place)
    check(kept.count(b"\n") >= 2, kept)
    with Terminal([binary, "--model", "nano"], columns=120, rows=40) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send(f":sweep join {place}\r")
        terminal.wait(lambda text: re.search(r"grade [ABC]", text), "a graded verdict", 60)
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
    check(all(line in cells(place) for line in kept.splitlines()), "a finished cell was lost")
    check(cells(place).count(b"\n") == 3 * 2 + 3 * 3, cells(place))


def test_the_report_opens_in_a_browser_without_complaints(binary, directory):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    place, page = os.path.join(directory, "sweep"), os.path.join(directory, "report.html")
    arms = ["--arm", "adam", "--arm", "magma(adam)", "--arm", "matched(magma(adam))"]
    sweep(binary, place, *QUADRATIC, *arms, "--grid", GRID, "--tuning-seeds", "1",
          "--judging-seeds", "6")
    made = subprocess.run([binary, "report", place, "--out", page], capture_output=True, text=True)
    check(made.returncode == 0, made.stderr)
    with open(page) as file:
        text = file.read()
    check("://" not in text and "<script" not in text, "the page asks for something elsewhere")
    if browser is None:
        return
    for width in (390, 1200):
        picture = os.path.join(directory, f"{width}.png")
        shown = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
             "--v=0", f"--screenshot={picture}", f"--window-size={width},2400", "file://" + page],
            capture_output=True, text=True, timeout=120)
        check("CONSOLE" not in shown.stderr, shown.stderr)
        check(os.path.getsize(picture) > 20_000, "the picture is all but empty")


def kill_after(binary, place, flags, lines):
    """Runs the sweep until so many cells are kept, then kills it with -9."""
    process = subprocess.Popen(
        [binary, "sweep", *flags, "--out", place, "--resume"], env=CLEAN,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while cells(place).count(b"\n") < lines:
        check(process.poll() is None and time.monotonic() < deadline, "the sweep ended too early")
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_sweep_of_a_language_model_killed_twice_ends_bit_for_bit_the_same(binary, directory):
    flags = ["--model", "micro", "--steps", "30", "--eval-every", "15", "--arm", "adam",
             "--arm", "magma(adam)", "--arm", "matched(magma(adam))", "--grid", "lr=1e-3..1e-2:2",
             "--tuning-seeds", "1", "--judging-seeds", "2"]
    whole, killed = os.path.join(directory, "whole"), os.path.join(directory, "killed")
    result = sweep(binary, whole, *flags)
    check(result.returncode == 0, result.stderr)
    kill_after(binary, killed, flags, 2)
    kill_after(binary, killed, flags, 8)
    again = sweep(binary, killed, *flags, "--resume")
    check(again.returncode == 0, again.stderr)
    check(cells(whole) == cells(killed), "the cells differ")
    check(cells(whole).count(b"\n") == 3 * 2 + 3 * 3, cells(whole))
    # Measured times stand behind the cost line, and are no part of a verdict.
    verdict = lambda text: text[text.index("grade "):text.index("\n\ncost: ")]
    check(verdict(result.stdout) == verdict(again.stdout), "the outcomes differ")
    check(re.search(r"\| adam:lr=0.01 .*\d[kM]B \|", result.stdout), result.stdout)


def test_sweep_refuses_what_it_cannot_do(binary, directory):
    used = os.path.join(directory, "used")
    os.mkdir(used)
    with open(os.path.join(used, "file"), "w") as file:
        file.write("x")
    for arguments, place, code, message in (
            (["--grid", GRID], used, 2, "not empty"),
            (["--resume"], used, 4, "no sweep here"),
            (["--resume"], os.path.join(directory, "none"), 4, "no sweep here"),
            (["--grid", "lr=1..2"], os.path.join(directory, "a"), 2, "needs a range and a count"),
            (["--grid", "lx=1e-3..1e-2:2"], os.path.join(directory, "a"), 2, "did you mean"),
            ([], os.path.join(directory, "a"), 2, "nothing to sweep")):
        result = sweep(binary, place, *QUADRATIC[:2] if arguments != ["--resume"] else [], *arguments)
        check(result.returncode == code, f"{arguments}: {result.returncode} {result.stderr}")
        check(message in result.stderr and result.stderr.count("\n") == 1, result.stderr)
        check(result.stdout == "", result.stdout)
    check(sorted(os.listdir(directory)) == ["used"], os.listdir(directory))

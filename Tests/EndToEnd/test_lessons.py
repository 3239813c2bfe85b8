"""Lessons: listed, checked, played to their end by keys, gone on with, shown to a speaker."""
import json
import os

from harness import CLEAN, Terminal, check
from test_command_line import run

LESSON = """title: A lesson of my own
goal: A goal.
corrects: A belief.
kind: fact
pair: [m, p]
notes: Say this.
limits: Not that.
runs:
  main:
    workload: noise
    settings: {elements: 1024, blocks: 8}
    steps: 60
    evalEvery: 10
    schedule: {kind: constant}
    arms: ["magma(adam):lr=1e-3,tau=0.1", "sample(adam):lr=1e-3,tau=0.1"]
beats:
  - say: First page.
    show: maskRate
  - ask:
      question: How many does m drop?
      choices:
        - {text: few, check: m.maskRate < .2, why: A fair coin decides.}
        - {text: half, check: .3 < m.maskRate < .7}
      writtenFor: B
  - train: {to: 60}
  - reveal
  - explain: "m dropped {m.maskRate, %}."
"""


def write(directory, text):
    path = os.path.join(directory, "mine.yaml")
    with open(path, "w") as file:
        file.write(text)
    return path


def test_lessons_are_listed_and_checked(binary, directory):
    listed = run(binary, "lessons", "list")
    check(listed.returncode == 0 and len(listed.stdout.splitlines()) == 10, listed.stdout)
    check("The same rate is not the same step" in listed.stdout, listed.stdout)
    path = write(directory, LESSON)
    sound = run(binary, "lessons", "check", path)
    check(sound.returncode == 0 and "answers B B B   exchanged A A A" in sound.stdout, sound.stdout)
    blurred = write(directory, LESSON.replace("m.maskRate < .2", "m.maskRate < .9"))
    result = run(binary, "lessons", "check", blurred)
    check(result.returncode == 1 and "ambiguous" in result.stdout, result.stdout)
    wrong = write(directory, LESSON.replace("goal:", "gaol:"))
    result = run(binary, "lessons", "check", wrong)
    check(result.returncode == 4, result.returncode)
    check("mine.yaml:2: unknown key 'gaol' (did you mean 'goal'?)" in result.stderr, result.stderr)
    result = run(binary, "lesson", "same-rat")
    check(result.returncode == 2 and "did you mean 'same-rate'?" in result.stderr, result.stderr)
    result = run(binary, "lesson", "same-rate")
    check(result.returncode == 3 and "wants a terminal" in result.stderr, result.stderr)


def test_a_lesson_is_played_to_its_end_and_kept(binary, directory):
    path = write(directory, LESSON)
    notes = os.path.join(directory, "notes.txt")
    environment = dict(CLEAN, XDG_STATE_HOME=directory)
    with Terminal([binary, "lesson", path, "--notes", notes], env=environment) as terminal:
        terminal.wait("First page.", "the first page")
        terminal.send("\r")
        terminal.wait("How many does m drop?", "the question")
        with open(notes) as file:
            shown = file.read()
        check("Say this." in shown and "B half" in shown, shown)
        terminal.send("\r")
        terminal.wait("You said A; the record says B: half", "the answer from the record")
        terminal.wait("A fair coin decides.", "the reason")
        terminal.send("\r")
        terminal.wait("to the lessons", "the end")
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
        terminal.assert_restored()
    with open(os.path.join(directory, "magmascope", "lessons.json")) as file:
        kept = json.load(file)["mine"]
    check(kept["isFinished"] and kept["revealed"] == 1 and kept["right"] == 0, kept)


def test_lesson_five_by_keys_at_80_by_24(binary, directory):
    environment = dict(CLEAN, XDG_STATE_HOME=directory)
    with Terminal([binary, "lesson", "same-rate"], env=environment) as terminal:
        terminal.wait("from the same weights", "the first page")
        terminal.send("\r")
        terminal.wait("eff.lr", "the table")
        check("matched(magma" not in terminal.text(), "c is covered")
        terminal.send("\r")
        terminal.wait("is still covered", "the third page")
        terminal.send("\r")
        terminal.wait("Where did c end?", "the question")
        terminal.send("j\r")
        terminal.wait("You said B, and so does the record.", "the answer")
        terminal.send("q")
        check(terminal.finish() == 0, "exit status")
    with Terminal([binary], env=environment) as terminal:
        terminal.wait("quit", "the hint line")
        terminal.send(":lesson same-rate\r")
        terminal.wait("You said B, and so does the record.", "the page that was left")
        terminal.send("q")
        terminal.finish()

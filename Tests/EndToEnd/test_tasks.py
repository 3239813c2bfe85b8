"""The everyday tasks, each within five presses from the running default comparison.

A key is a press, a typed word or command line is one. What became of it is read from the record of the run or from
the file that was written; where the task is to see something, from the screen against the record.
"""
import json
import math
import os
import re
import struct
import time
import types

from harness import check
from person import (BACK_TAB, ENTER, ESCAPE, TAB, Person, arm, configuration, evaluations, journal, lines, step_shown)
from pictures import Chart, block_name, screen_text
from test_command_line import run
from test_history import check_same_end, without_times

LONG = ["--steps", "4000"]
SHORT = ["--steps", "400"]
SIX_SEEDS = ["--steps", "60", "--seeds", "6", "--arm", "adam", "--arm", "'magma(adam)'", "--arm", "'skip(adam)'"]
PRESSES = 5
TASKS = []


def task(name, presses, start=LONG, reaches=20, before=None):
    """Makes a check a task: what it is called, what is pressed, and what has to be there before.

    A press with a condition of its own is a pair: what is waited for before the next one.
    """
    check(len(presses) <= PRESSES, f"{name}: {len(presses)} presses")

    def keep(body):
        TASKS.append(types.SimpleNamespace(
            name=name, presses=presses, start=start, reaches=reaches, before=before, check=body))
        return body
    return keep


def play(task, binary, directory):
    os.makedirs(directory)
    with Person(binary, directory) as person:
        if task.before:
            task.before(person)
        known = person.runs()
        place = person.start(*task.start, reaches=task.reaches)
        for press in task.presses:
            key, shown = press if isinstance(press, tuple) else (press, None)
            person.press(key.format(run=place, directory=directory))
            if shown:
                person.wait(shown, f"what {key!r} leads to")
        task.check(person, place, [*known, place])


# Tune and choose


@task("change the mask probability", ["l", "+"])
def mask_probability(person, place, _):
    change, = person.soon(lambda: journal(place, "change"), "the change in the journal")
    step = change["step"]
    person.has_recorded(place, step)
    before, after = (arm(person.show(place, at), "m") for at in (step - 1, step))
    check("mask" not in before["arm"] and "mask=0.55" in after["arm"], (before["arm"], after["arm"]))
    keeps = [{block["keep"] for block in moment["blocks"] if block["masked"]} for moment in (before, after)]
    check(keeps == [{0.5}, {0.45}], keeps)
    check({block["keep"] for block in arm(person.show(place, step), "a")["blocks"]} == {1}, "arm a is masked")


@task("a bigger model", [":model micro"])
def bigger_model(person, small, known):
    place = person.new_run(known)
    sizes = [person.soon(lambda: parameters(run), f"a checkpoint in {run}") for run in (small, place)]
    check(sizes[1] > 2 * sizes[0], sizes)
    shown = re.search(r"llama micro ([\d.]+)k", person.text())
    check(shown and abs(float(shown.group(1)) * 1000 - sizes[1]) < 500, (shown, sizes))
    check("size: micro" in configuration(place), configuration(place))


def parameters(place):
    """How many parameters the newest checkpoint of a run has; 0 before there is one."""
    path = os.path.join(place, "arms", "a-adam", "seed-0", "model.safetensors")
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        header = file.read(struct.unpack("<Q", file.read(8))[0]).decode()
    shapes = re.findall(r'"shape":\[([\d,]*)\]', header.replace(" ", ""))
    return sum(math.prod(int(part) for part in shape.split(",")) for shape in shapes)


@task("Muon against Magma(Muon)", [":preset muon-pair"])
def muon_pair(person, _, known):
    place = person.new_run(known)
    person.has_recorded(place, 1)
    moment = person.show(place)
    names = {one["lane"]: one["arm"].split(":")[0] for one in moment["arms"]}
    check(set(names.values()) == {"muon", "magma(muon)"} and names["m"] == "magma(muon)", names)
    masked = {one["lane"] for one in moment["arms"] if any(block["masked"] for block in one["blocks"])}
    check(masked == {"m"}, masked)


@task("a text of my own", [":text {directory}/mine.txt"], before=lambda person: write_text(person.directory))
def own_text(person, _, known):
    place = person.new_run(known)
    path = os.path.join(person.directory, "mine.txt")
    with open(path, "rb") as file:
        expected = text_print(file.read())
    said = configuration(place)
    check(f"textPrint: {expected}\n" in said and f"data: {path}\n" in said, (expected, said))
    person.has_recorded(place, 1)


def write_text(directory):
    with open(os.path.join(directory, "mine.txt"), "w") as file:
        file.write("".join(f"the {n * n % 97} sheep of farm {n} are white. " for n in range(3000)))


def text_print(data):
    """What the program knows a text by: its length and its FNV-1a hash."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{len(data)}-{value:x}"


@task("a third arm", [":arm magma(muon)", (ENTER, "has caught up")])
def third_arm(person, place, _):
    joined, = journal(place, "join")
    moment = person.show(place)
    others = [one for one in moment["arms"] if one["lane"] in "am"]
    third, = [one for one in moment["arms"] if one["lane"] not in "am"]
    check(third["arm"].startswith("magma(muon)") and third["lane"] == joined["joined"]["lane"]["letter"], third["arm"])
    check(third["trainLoss"] is not None and len(others) == 2, "it has not caught up with the others")
    first = person.show(place, 1)
    check(len({round(one["trainLoss"], 6) for one in first["arms"]}) == 1, "it began with other weights or batches")
    check(arm(first, third["lane"])["blocks"] != [], "it has no history")


@task("undo a knob", [("+", "EXPLORATORY  RUN"), "u", (ENTER, "back at step"), " "], start=SHORT)
def undone_knob(person, place, _):
    branch, = os.listdir(os.path.join(place, "branches"))
    check(journal(os.path.join(place, "branches", branch), "change"), "nothing had been changed")
    person.wait(" DONE ", "the end of the run", 120)
    person.soon(lambda: len(lines(place)) == len(lines(reference(person))), "all lines in the record")
    check(without_times(f"{place}/metrics.jsonl") == without_times(f"{reference(person)}/metrics.jsonl"),
          "the undone run is another than one that was never touched")


def reference(person):
    """The same comparison, trained to its end without a screen; one for all tasks."""
    place = os.path.join(os.path.dirname(person.directory), "reference")
    if not os.path.exists(place):
        done = run(person.binary, "train", "--preset", "first-look", "--model", "nano", "--eval-every", "50",
                   *SHORT, "--out", place, env=person.places)
        check(done.returncode == 0, done.stderr)
    return place


@task("stop a wrong run", [(" ", "PAUSE")])
def stopped(person, place, _):
    person.soon(lambda: journal(place, "pause"), "the pause in the journal")
    step = step_shown(person.text())
    person.has_recorded(place, step)
    person.terminal.pass_time(0.7)
    moment = person.show(place)
    check(moment["phase"] == "paused" and moment["step"] == step < moment["steps"], (moment["phase"], moment["step"]))
    listed = run(person.binary, "runs", "list", env=person.places).stdout
    check(f"paused, step {step} of 4000" in listed, listed)


# Look


@task("which block was masked most", [(" ", "PAUSE"), "3", "l"])
def masked_most(person, place, _):
    person.wait("↓mask rat", "the table sorted by mask rate")
    step = step_shown(person.text())
    person.has_recorded(place, step)
    blocks = [block for block in arm(person.show(place, step), "m")["blocks"] if block["masked"]]
    counts = {block_name(block["name"]): round(block["maskRate"] * step) for block in blocks}
    rows = re.findall(r"^│(\d\.\w+) +(\.\d{3}|1\.000) ", person.text(), re.MULTILINE)
    check(len(rows) >= 10, person.text())
    check(counts[rows[0][0]] == max(counts.values()), (rows[0], counts))
    for name, shown in rows:
        check(abs(float(shown) - counts[name] / step) < 6e-4, (name, shown, counts[name], step))
    order = [counts[name] for name, _ in rows]
    check(order == sorted(order, reverse=True), order)


@task("what the white line in the histogram is", [TAB, TAB, ("?", "This panel")])
def white_line(person, place, _):
    said = person.overlay()
    check("The upright mark in a row is the count that fair coins lead to expect (Binomial)" in said, said)
    person.press(ESCAPE)
    person.press(" ")
    person.wait(lambda text: "PAUSE" in text and "This panel" not in text, "the panel")
    panel = re.findall(r"^│(\.\d\d) ([█▉▊▋▌▍▎▏┃ ]+)(\d*)│", person.text(), re.MULTILINE)
    check(any("┃" in bar for _, bar, _ in panel), person.text())
    step = step_shown(person.text())
    person.has_recorded(place, step)
    masked = [block for block in arm(person.show(place, step), "m")["blocks"] if block["masked"]]
    check(sum(int(count or 0) for _, _, count in panel) == len(masked), (panel, len(masked)))


@task("a picture of what I see", [(" ", "PAUSE"), ":mark here", "z", ":e svg"], reaches=120)
def picture(person, place, _):
    chart = Chart(person.file(".svg"))
    step = step_shown(person.text())
    ticks = re.search(r"^│  (\d[\d.k ]+) step +([\d.k]+)│", person.text(), re.MULTILINE)
    check(ticks, person.text())
    on_screen = [float(word.replace("k", "e3")) for word in [*ticks.group(1).split(), ticks.group(2)]]
    check(all(abs(a - b) < 2 for a, b in zip(chart.limits, (on_screen[0], on_screen[-1]))), (chart.limits, on_screen))
    check(chart.unit == "step" and chart.settings == "step · log y · EMA 0.9 · y clipped to 1-99 %", chart.settings)
    for lane in "am":
        expected = [(line["step"], line["validationLoss"]) for line in evaluations(place, lane)]
        check(len(expected) >= 3 and chart.shows(chart.dots[lane], expected), (lane, chart.dots[lane], expected))
        check(len(chart.thick(lane)) == len(chart.thin(lane)) == 1, "not one validation and one training curve")
        check(abs(chart.thin(lane)[0][-1][0] - step) < 10, "the training curve ends elsewhere")
    check(len(chart.events) == 1 and abs(chart.events[0] - step) < 4, (chart.events, step))
    check("#1 here" in chart.labels and any(label.startswith("floor .") or label.startswith("floor 0.")
                                            for label in chart.labels), chart.labels)


@task("zoom into the last part", ["z", (":e svg", "exported")], start=SHORT, reaches=300)
def zoomed(person, place, _):
    chart = Chart(person.file(".svg"))
    low, high = chart.limits
    check(abs(high - low - 200) < 2 and abs(high - 400) < 2, chart.limits)
    check("faint: single steps" not in person.text(), "single steps lie over the curves")
    for lane in "am":
        # The validation curve and one smoothed training curve stand there, and no raw noise.
        check(len(chart.thick(lane)) == len(chart.thin(lane)) == 1, (lane, len(chart.lines)))
        expected = [(line["step"], line["validationLoss"]) for line in evaluations(place, lane)
                    if 199 < line["step"] <= 300]
        check(len(expected) == 3 and chart.shows(chart.dots[lane][:3], expected), (chart.dots[lane], expected))
        check(all(low - 4 < x < high + 4 for x, _ in chart.thin(lane)[0]), "it runs out of the picture")


@task("exact losses at step 300", [":goto 300", "i"], reaches=310)
def exact_losses(person, place, _):
    person.wait("train a", "the values under the crosshair")
    line = re.search(r"step 300  train a ([\d.]+) m ([\d.]+)  val @300 a ([\d.]+) m ([\d.]+)  m-a ([-+.\d]+)",
                     person.text())
    check(line, person.text())
    moment = person.show(place, 300)
    exact = [arm(moment, lane)["trainLoss"] for lane in "am"]
    exact += [arm(moment, lane)["validation"]["loss"] for lane in "am"]
    exact.append(exact[3] - exact[2])
    shown = [float(text) for text in line.groups()]
    check(all(abs(a - b) <= 5.01e-4 for a, b in zip(shown, exact)), (shown, exact))


@task("the axis in tokens and in seconds",
      ["x", (":e svg", "exported"), "x", "x", (":e svg", lambda text: "exported" in text and "wall s" in text)],
      reaches=120)
def axes(person, place, _):
    tokens, seconds = map(Chart, person.files(".svg", 2))
    check(tokens.unit == "tokens" and seconds.unit == "wall s", (tokens.unit, seconds.unit))
    rows = run(person.binary, "runs", "export", place, "--to", "jsonl", "--steps", env=person.places).stdout
    clock = {(row["lane"], row["step"]): row["wallSeconds"] for row in map(json.loads, rows.splitlines())}
    for lane in "am":
        line = evaluations(place, lane)
        for chart, places in ((tokens, [one["tokens"] for one in line]),
                              (seconds, [clock.get((lane, one["step"]), 0) for one in line])):
            dots = chart.dots[lane]
            expected = list(zip(places, (one["validationLoss"] for one in line)))[:len(dots)]
            check(len(dots) >= 3 and chart.shows(dots, expected), (chart.unit, lane, dots, expected))


@task("back in time, all panels", [(":goto 60", "viewing step 60")], reaches=300)
def back_in_time(person, place, _):
    moment, text = person.show(place, 60), person.text()
    check("PAUSE  step 60/4000" in text, "header")
    for lane, name in (("a", "adam"), ("m", r"magma\(adam\)")):
        row = re.search(rf"• {lane} {name} +([\d.]+) ([\d.e-]+) ", text)
        check(row, text)
        figures = arm(moment, lane)
        check(abs(float(row.group(1)) - figures["validation"]["loss"]) < 6e-4, (row.group(1), figures["validation"]))
    check("n=60 " in text and "m-a" in text and "at step 50 " in text, "mask rates and verdict of another step")
    check(not re.search(r"#1|EXPLORATORY", text), "an event of later")
    kept = {block_name(block["name"]): block["kept"] for block in arm(moment, "m")["blocks"] if block["masked"]}
    raster = re.findall(r"^│(\d\.\w+) +([█·]+) *│", text, re.MULTILINE)
    check(len(raster) >= 5, text)
    for name, coins in raster:
        check((coins[-1] == "█") == (kept[name] == 1), (name, coins, kept[name]))
    check(end_of_curves(text) < 180, f"the curves of losses end at step {end_of_curves(text):.0f}")


def end_of_curves(text):
    """The step at which the curves of the chart of losses end, to a column."""
    rows = [line[3:73] for line in text.split("\n")[3:18]]
    drawn = [place for row in rows for place, mark in enumerate(row) if 0x2801 <= ord(mark) <= 0x28FF]
    return (max(drawn) + 1) * 4000 / 70


@task("hide an arm", [TAB, "j", (" ", "hidden"), ("v", "how far to trust")], start=SIX_SEEDS, reaches=0)
def hidden_arm(person, place, _):
    # The question is asked while the run trains; its answer stands when the run is judged.
    person.press(ESCAPE)
    person.wait(" DONE ", "the end of the run", 120)
    person.soon(lambda: journal(place, "end"), "the end in the record")
    check(not re.search(r"• m magma", person.text()) and "• k skip" in person.text(), person.text())
    person.press("v")
    person.wait("how far to trust", "the verdict")
    shown = person.overlay()
    check("Hidden from the charts, judged all the same: m magma(adam)." in shown, shown)
    judged = run(person.binary, "compare", place, env=person.places).stdout
    check("after Holm over 2" in judged, judged)
    p = re.search(r"sign-flip p +(\S+ after Holm over \d+)", judged).group(1)
    check("magma(adam) against adam: " in shown and p in shown, (p, shown))


@task("yesterday's run under today's", ["6", ("j", "yesterday"), ("P", "overlaid"), (":e svg", "exported")],
      before=lambda person: make_yesterday(person))
def overlaid(person, place, _):
    chart = Chart(person.file(".svg"))
    yesterday = os.path.join(person.shelf, YESTERDAY)
    for lane in "am":
        expected = [(line["step"], line["validationLoss"]) for line in evaluations(yesterday, lane)]
        dashed = chart.dashed(lane)
        check(len(dashed) == 1 and chart.shows(dashed[0], expected), (lane, dashed, expected))
        check(len(chart.thick(lane)) == 1, "today's curve is gone")
    check({"A", "M"} <= set(chart.colours), chart.colours)


YESTERDAY = "20200101-101500-000-yesterday"


def make_yesterday(person):
    place = os.path.join(person.shelf, YESTERDAY)
    os.makedirs(person.shelf)
    done = run(person.binary, "train", "--model", "nano", "--steps", "200", "--eval-every", "40", "--seed", "5",
               "--out", place, env=person.places)
    check(done.returncode == 0, done.stderr)
    with open(os.path.join(place, "kept"), "w") as file:
        file.write("yesterday\n")
    then = time.time() - 86_400
    for name in os.listdir(place):
        os.utime(os.path.join(place, name), (then, then))


# Go on


@task("fork with another tau", [":fork 100", (ENTER, "a run of its own from step 100"), ":tau 1", " "], reaches=110)
def fork(person, parent, known):
    place = person.new_run(known)
    person.has_recorded(place, 150)
    check(journal(place, "fork")[0]["step"] == 100 and person.show(place)["parent"]["step"] == 100, "not from step 100")
    check(os.path.basename(parent) == person.show(place)["parent"]["run"], person.show(place)["parent"])
    before, after = (arm(person.show(place, at), "m")["arm"] for at in (100, 101))
    check("tau" not in before and "tau=1" in after, (before, after))
    shared = [[row for row in without_times(f"{run}/metrics.jsonl") if row["step"] <= 100 and not row.get("final")]
              for run in (parent, place)]
    check(shared[0] == shared[1] and len(shared[0]) == 6, "they differ before the fork")
    check(not journal(parent, "change"), "the parent was changed")
    person.soon(lambda: [e for e in evaluations(place, "m") if e["step"] == 150], "an evaluation after the fork")
    other = [e["validationLoss"] for run in (parent, place) for e in evaluations(run, "m") if e["step"] == 150]
    check(len(other) < 2 or other[0] != other[1], "tau changes nothing")


@task("the text of both models", [(" ", "PAUSE"), (":sample", "what the models write")], reaches=210)
def texts(person, place, _):
    shown, written = person.overlay(), []
    for lane, name in (("a", "a-adam"), ("m", "m-magma-adam")):
        checkpoint = os.path.join(place, "arms", name, "seed-0")
        sample = run(person.binary, "sample", checkpoint, "--tokens", "160", env=person.places)
        check(sample.returncode == 0, sample.stderr)
        written.append(" ".join(sample.stdout.split()))
        check(len(written[-1]) > 100 and written[-1] in shown, (written[-1], shown))
        said = re.search(rf"{lane} \S*adam\S*, step (\d+) ", shown)
        check(said and int(said.group(1)) >= 200 and int(said.group(1)) % 50 == 0, shown)
    check(written[0] != written[1], "both write the same")
    # The panel of Compare before its first has them as well, side by side.
    person.press(ESCAPE)
    person.press("2")
    person.press(BACK_TAB)
    person.wait(lambda text: all(words[:30] in text for words in written), "the texts on Compare")


@task("a picture for a slide", [":present", (" ", "PAUSE"), (":e screen", "exported")], reaches=60)
def slide(person, place, _):
    text = screen_text(person.file("-screen.svg"), 120, 40)
    shown = person.text()
    # All but the line of messages, which has changed since.
    same = [one == other for one, other in zip(text.split("\n"), shown.split("\n"))]
    check(len(same) == 40 and all(same[:-2]), (same, text))
    check("validation loss: lower is better" in text and "how wrong the predictions are" in text, text)
    losses = [f"{evaluations(place, lane)[-1]['validationLoss']:.3f}" for lane in "am"]
    check([large_digits(text, place) for place in range(2)] == losses, (losses, text))


# How the program writes a digit: five rows, without the blank columns around it.
DIGITS = {digit: rows.split("/") for digit, rows in {
    "0": "####/#  #/#  #/#  #/####", "1": " # /## / # / # /###", "2": "####/   #/####/#   /####",
    "3": "####/   #/ ###/   #/####", "4": "#  #/#  #/####/   #/   #", "5": "####/#   /####/   #/####",
    "6": "####/#   /####/#  #/####", "7": "####/   #/  # / #  / #  ", "8": "####/#  #/####/#  #/####",
    "9": "####/#  #/####/   #/####", ".": " / / / /#"}.items()}


def large_digits(text, half):
    """The number that stands in large digits in a half of the screen."""
    rows = [line.ljust(120)[1 + 59 * half:60 + 59 * half].replace("█", "#") for line in text.split("\n")[4:9]]
    found, glyph = "", []
    for column in [*zip(*rows), (" ",) * 5]:
        if "#" in column:
            glyph.append(column)
        elif glyph:
            shape = ["".join(row) for row in zip(*glyph)]
            found += next((digit for digit, known in DIGITS.items() if known == shape), "?")
            glyph = []
    return found


@task("TensorBoard", [(":e tensorboard", "exported")], reaches=120)
def tensorboard(person, place, _):
    directory = person.file("-tensorboard")
    for lane, name in (("a", "adam"), ("m", "magma(adam)")):
        found = [os.path.join(parent, file) for parent, _, files in os.walk(directory) for file in files
                 if os.path.relpath(parent, directory).startswith(lane + "-")]
        check(len(found) == 1, found)
        read = [(step, value) for step, tag, value in scalars(found[0]) if tag == "loss/validation"]
        expected = [(line["step"], line["validationLoss"]) for line in evaluations(place, lane)][:len(read)]
        check(len(read) >= 3 and [step for step, _ in read] == [step for step, _ in expected], (name, read, expected))
        check(all(abs(a[1] - b[1]) < 1e-6 * b[1] + 1e-6 for a, b in zip(read, expected)), (name, read, expected))


def scalars(path):
    """Step, tag and value of every scalar in an event file."""
    with open(path, "rb") as file:
        data = file.read()
    place, found = 0, []
    while place < len(data):
        length, = struct.unpack_from("<Q", data, place)
        event = dict(fields(data[place + 12:place + 12 + length]))
        for number, summary in fields(event.get(5, b"")):
            value = dict(fields(summary)) if number == 1 else {}
            if 2 in value:
                found.append((event.get(2, 0), value[1].decode(), struct.unpack("<f", value[2])[0]))
        place += 16 + length
    return found


def fields(data):
    """The fields of a protocol buffer: number and value; what repeats comes once each."""
    def varint(place):
        value = shift = 0
        while True:
            byte = data[place]
            value |= (byte & 127) << shift
            place, shift = place + 1, shift + 7
            if byte < 128:
                return value, place
    place = 0
    while place < len(data):
        key, place = varint(place)
        if key & 7 == 0:
            value, place = varint(place)
        else:
            length, place = varint(place) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], place)
            value, place = data[place:place + length], place + length
        yield key >> 3, value


@task("go on with a run that was quit", [("q", "go on with: magmascope --continue"), "magmascope --continue"],
      start=SHORT)
def resumed(person, place, _):
    person.wait(" DONE ", "the end of the run", 120)
    person.press("q")
    person.wait("shell>", "the shell")
    check(person.runs() == [place], "it goes on elsewhere")
    check_same_end(reference(person), place)


@task("the command that reproduces this", [(":command", "magmascope train")], start=SHORT)
def reproduced(person, place, _):
    command = person.copied()
    person.press(ESCAPE)
    person.wait(" DONE ", "the end of the run", 120)
    person.press("q")
    person.wait("the run is kept in", "the shell")
    again = os.path.join(person.directory, "again")
    person.press(f"{command} --out {again} 2> /dev/null > /dev/null; echo trained $?")
    person.wait("trained 0", "the command to end", 120)
    check(without_times(f"{again}/metrics.jsonl") == without_times(f"{place}/metrics.jsonl"), "another run")


def play_named(binary, directory, *bodies):
    """Plays some of the tasks, and tells of every one that failed."""
    failures = []
    for body in bodies:
        chosen = next(task for task in TASKS if task.check is body)
        began = time.monotonic()
        try:
            play(chosen, binary, os.path.join(directory, body.__name__))
            print(f"     {chosen.name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as failure:
            failures.append(f"{chosen.name}: {failure}")
    check(not failures, "\n".join(failures))


def test_tasks_of_tuning(binary, directory):
    play_named(binary, directory, mask_probability, bigger_model, muon_pair, own_text, third_arm, undone_knob, stopped)


def test_tasks_of_looking(binary, directory):
    play_named(binary, directory, masked_most, white_line, picture, zoomed, exact_losses, axes, back_in_time,
               hidden_arm, overlaid)


def test_tasks_of_going_on(binary, directory):
    play_named(binary, directory, fork, texts, slide, tensorboard, resumed, reproduced)


def test_tasks_are_all_there(binary, directory):
    check(len(TASKS) == 22 and all(len(task.presses) <= PRESSES for task in TASKS), len(TASKS))

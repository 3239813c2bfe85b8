"""One story from the first start to going on, in tmux; every chapter is checked against the record."""
import os
import re

from harness import check
from person import ENTER, ESCAPE, Person, Tmux, arm, evaluations, journal, lines, step_shown
from pictures import Chart
from test_command_line import run
from test_history import without_times
from test_tasks import YESTERDAY, make_yesterday

STEPS = 200


def panels(text):
    """What stands in every panel of a screen, by its title without the arm's letter."""
    rows = text.split("\n")
    found = {}
    for top, row in enumerate(rows):
        for title in re.finditer(r"┌─ (\w[^─┐]*?) [^┐]*┐", row):
            left, right = title.span()
            inside = []
            for below in rows[top + 1:]:
                if below[left:left + 1] == "└":
                    break
                inside.append(below[left:right])
            found[title.group(1)] = inside
    return found


def test_a_story_from_the_first_start_to_going_on(binary, directory):
    with Person(binary, directory, open_terminal=Tmux) as person:
        make_yesterday(person)
        first = starts_and_pauses_at_100(person)
        tunes_tau_and_runs(person, first)
        scrubs_to_60(person, first)
        forks_with_another_optimizer(person, first)
        undoes_the_tuning(person, first)
        overlays_yesterday(person)
        judged = judges_and_reads_the_verdict(person)
        quits_and_goes_on(person, judged)


def starts_and_pauses_at_100(person):
    known = person.runs()
    person.press(f"magmascope --model nano --steps {STEPS} --eval-every 20 --paused")
    person.wait(f"PAUSE  step 0/{STEPS}", "the comparison, before its first step")
    first = person.new_run(known)
    person.press(":w first")
    person.press(":step 100")
    person.wait(f"PAUSE  step 100/{STEPS}", "the pause at 100")
    person.has_recorded(first, 100)
    moment = person.show(first)
    check((moment["phase"], moment["step"]) == ("paused", 100), moment["phase"])
    return first


def tunes_tau_and_runs(person, first):
    for key in "ll":
        person.press(key)
    person.wait(">tau 2<", "the knob of tau")
    person.press(":tau 1")
    person.press(":step 60")
    person.wait(f"PAUSE  step 160/{STEPS}", "step 160")
    person.wait("EXPLORATORY", "the change to be told")
    person.has_recorded(first, 160)
    change, = journal(first, "change")
    check((change["key"], change["step"]) == ("tau", 101), change)
    settings = [arm(person.show(first, step), "m")["arm"] for step in (100, 101, 160)]
    check("tau" not in settings[0] and all("tau=1" in text for text in settings[1:]), settings)


def scrubs_to_60(person, first):
    person.press(ESCAPE)
    person.wait("#1 step 101 tau 1", "the standing line")
    live = panels(person.text())
    person.press(":goto 60")
    person.wait("viewing step 60, live is 160", "step 60")
    past = panels(person.text())
    check(len(past) == 8 and set(past) == set(live), (set(past), set(live)))
    same = [title for title in past if past[title] == live[title]]
    check(not same, f"unchanged: {same}\n{person.text()}")
    check("EXPLORATORY" not in person.text() and "tau 2 " in person.text(), "it shows what came later")
    moment = person.show(first, 60)
    for lane in "am":
        loss = arm(moment, lane)["validation"]["loss"]
        check(f"{loss:.3f}" in "\n".join(past["arms"]), (lane, loss, past["arms"]))


def forks_with_another_optimizer(person, first):
    known = person.runs()
    person.press(":fork m=magma(muon)")
    person.wait("fork at step 60, m as magma(muon)?", "the question")
    person.press(ENTER)
    person.wait("a run of its own from step 60, m as magma(muon)", "the fork")
    place = person.new_run(known)
    person.press(":step 20")
    person.wait(f"PAUSE  step 80/{STEPS}", "step 80")
    person.has_recorded(place, 80)
    check(person.show(place)["parent"] == {"run": os.path.basename(first), "step": 60}, person.show(place)["parent"])
    names = [arm(person.show(place, step), "m")["arm"].split(":")[0] for step in (60, 61, 80)]
    check(names == ["magma(adam)", "magma(muon)", "magma(muon)"], names)
    person.wait("m magma(muon)", "its name on the screen")
    for lane, differs in (("a", False), ("m", True)):
        losses = [arm(person.show(run, 80), lane)["trainLoss"] for run in (first, place)]
        check((losses[0] != losses[1]) == differs, (lane, losses))
    check(person.show(first)["step"] == 160, "the parent has changed")


def chooses(person, place):
    """The list of runs, with this one selected."""
    person.press("6")
    person.wait(lambda text: "kept runs" in text and "reading" not in text, "the list of runs")
    for _ in range(20):
        if place in person.text():
            return
        person.press("j")
    check(False, f"{place} is not in the list\n{person.text()}")


def undoes_the_tuning(person, first):
    chooses(person, first)
    person.press(ENTER)
    person.wait(lambda text: "EXPLORATORY" in text and step_shown(text) >= 160 and "[1 Live]" in text, "the first run")
    person.press("u")
    person.wait("back to step 100?", "the question")
    person.press(ENTER)
    person.wait(lambda text: f"PAUSE  step 100/{STEPS}" in text and "EXPLORATORY" not in text, "step 100")
    check(not journal(first, "change"), "the change is still in the journal")
    person.press(" ")
    person.wait(f"DONE  step {STEPS}/{STEPS}", "the end of the run", 120)
    untouched = os.path.join(person.directory, "untouched")
    done = run(person.binary, "train", "--preset", "first-look", "--model", "nano", "--steps", str(STEPS),
               "--eval-every", "20", "--out", untouched, env=person.places)
    check(done.returncode == 0, done.stderr)
    person.soon(lambda: len(lines(first)) == len(lines(untouched)), "the last lines in the record")
    check(without_times(f"{first}/metrics.jsonl") == without_times(f"{untouched}/metrics.jsonl"),
          "undone is not as if nothing had been")


def overlays_yesterday(person):
    yesterday = os.path.join(person.shelf, YESTERDAY)
    chooses(person, yesterday)
    person.wait("1d", "its age")
    person.press("P")
    person.wait("overlaid, dashed", "the overlay")
    person.press(":e svg")
    chart = Chart(person.file(".svg"))
    for lane in "am":
        expected = [(line["step"], line["validationLoss"]) for line in evaluations(yesterday, lane)]
        check(chart.shows(chart.dashed(lane)[0], expected), (lane, chart.dashed(lane), expected))


def judges_and_reads_the_verdict(person):
    known = person.runs()
    person.press("J")
    place = person.new_run(known)
    person.wait(f"DONE  step {STEPS}/{STEPS}  100%  6 seeds", "its end", 300)
    person.soon(lambda: journal(place, "end"), "the end in the record")
    moment = person.show(place)
    check(len({one["seed"] for one in moment["arms"]}) == 6, "not six seeds")
    check({one["arm"].split(":")[0] for one in moment["arms"]} == {"adam", "magma(adam)", "matched(magma(adam))"},
          "no matched control")
    person.press("v")
    shown = person.overlay()
    judged = run(person.binary, "compare", place, env=person.places).stdout
    heading = judged.split("\n")[0]
    check(re.match(r"magma\(adam\)\S* against adam\S*: ", heading), heading)
    figures = re.findall(r"(?:mean difference|95 % interval|sign-flip p) +(.+)", judged)[:3]
    check(heading in shown and all(" ".join(figure.split()) in shown for figure in figures), (heading, figures, shown))
    person.press(ESCAPE)
    return place


def quits_and_goes_on(person, judged):
    known = person.runs()
    person.press("q")
    person.wait(f"the run is kept in {judged}"[:80], "the shell")
    check(person.show(judged)["phase"] == "finished", person.show(judged)["phase"])
    person.press("magmascope --continue")
    person.wait(f"DONE  step {STEPS}/{STEPS}  100%  6 seeds", "the judged run again")
    for lane in "am":
        losses = [line["validationLoss"] for line in lines(judged) if line["lane"] == lane and line.get("final")]
        check(len(losses) == 6 and f"{sum(losses) / 6:.3f}" in "\n".join(panels(person.text())["arms"]), (lane, losses))
    check(person.runs() == known, "another run was begun")
    person.press("q")
    person.wait(lambda text: text.rstrip().endswith("shell>"), "the shell")

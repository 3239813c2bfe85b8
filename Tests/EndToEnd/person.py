"""A person at a shell: types keys, words and command lines, and what became of it is read from the record."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

from harness import CLEAN, Failed, Terminal, check
from test_command_line import run

ENTER, TAB, BACK_TAB, ESCAPE = "\r", "\t", "\x1b[Z", "\x1b"
# The default comparison with a model that trains fast on any machine.
SMALL = ["--model", "nano", "--eval-every", "50"]


def step_shown(text):
    found = re.search(r"step (\d+)/", text)
    return int(found.group(1)) if found else -1


class Tmux:
    """A terminal like `harness.Terminal`, inside tmux: what tmux makes of the bytes is what is seen."""

    def __init__(self, command, columns, rows, env, cwd):
        program = shutil.which("tmux")
        check(program, "tmux is missing")
        self.server = [program, "-L", "story", "-f", "/dev/null"]
        self.environment = dict(CLEAN, TERM="xterm-256color", TMUX_TMPDIR=cwd)
        inner = [f"{key}={value}" for key, value in env.items()]
        self.ask("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", cwd, "/usr/bin/env", *inner, *command)

    def ask(self, *arguments):
        done = subprocess.run([*self.server, *arguments], capture_output=True, text=True, env=self.environment)
        check(done.returncode == 0, done.stderr)
        return done.stdout

    def text(self):
        return "\n".join(line.rstrip() for line in self.ask("capture-pane", "-p").split("\n")[:-1])

    def shell(self):
        return int(self.ask("display", "-p", "#{pane_pid}"))

    def send(self, keys):
        self.ask("send-keys", "-H", *(f"{byte:02x}" for byte in keys.encode()))

    def pass_time(self, seconds):
        time.sleep(seconds)

    def wait(self, condition, reason, seconds=20):
        holds = condition if callable(condition) else (lambda text: condition in text)
        deadline = time.monotonic() + seconds
        while not holds(self.text()):
            if time.monotonic() > deadline:
                raise Failed(f"waited for {reason}\n{self.text()}")
            time.sleep(0.05)

    def close(self):
        subprocess.run([*self.server, "kill-server"], capture_output=True, env=self.environment)


class Window(Terminal):
    def shell(self):
        return self.child.pid


def descendants(process):
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            children = [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []
    return [one for child in children for one in [child, *descendants(child)]]


def end(process):
    """Ends a process that was started here, and waits until it is gone."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(process, signal.SIGKILL)
            with open(f"/proc/{process}/stat") as file:
                if file.read().split(")")[-1].split()[0] == "Z":
                    return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.01)
    raise Failed(f"process {process} lives on")


class Person:
    """At a shell in a terminal, with directories of their own.

    A press is a key, a word that is typed (`:model tiny` and `magmascope --continue` with their Enter), and
    counts as one.
    """

    def __init__(self, binary, directory, columns=120, rows=40, open_terminal=Window):
        self.binary, self.directory = binary, directory
        self.places = {f"XDG_{kind}_HOME": os.path.join(directory, kind.lower())
                       for kind in ("DATA", "CACHE", "CONFIG", "STATE")}
        self.shelf = os.path.join(self.places["XDG_DATA_HOME"], "magmascope", "runs")
        tools = os.path.join(directory, "bin")
        os.makedirs(tools, exist_ok=True)
        if not os.path.exists(os.path.join(tools, "magmascope")):
            os.symlink(binary, os.path.join(tools, "magmascope"))
        environment = dict(self.places, PS1="shell> ", PATH=tools + ":" + CLEAN["PATH"])
        self.terminal = open_terminal(["/bin/bash", "--norc", "--noprofile", "-i"], columns, rows, env=environment,
                                      cwd=directory)
        self.terminal.wait("shell>", "the shell")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Nothing may write in the directories any more when they are removed.
        started = descendants(self.terminal.shell())
        self.terminal.close()
        for process in started:
            end(process)

    # What they do.

    def start(self, *arguments, reaches=20, seconds=60):
        """Starts the explorer and waits until its comparison has trained some steps; its run's directory."""
        known = self.runs()
        self.press("magmascope " + " ".join([*SMALL, *arguments]))
        self.terminal.wait(lambda text: step_shown(text) > reaches and " RUN " in text, f"step {reaches}", seconds)
        return self.new_run(known)

    def press(self, what):
        is_word = len(what) > 1 and what.isprintable()
        self.terminal.send(what + ENTER if is_word else what)
        # As between two presses of a hand: an escape joined to the next key is another key.
        self.terminal.pass_time(0.15)

    def wait(self, condition, reason, seconds=60):
        self.terminal.wait(condition, reason, seconds)

    def text(self):
        return self.terminal.text()

    def overlay(self):
        """The words of what lies over the screen, joined, so that a sentence may run over lines."""
        rows = self.text().split("\n")
        found = [(place, top.span()) for place, row in enumerate(rows)
                 for top in re.finditer(r"┌─ [^┐]*Esc close ─┐", row)]
        check(found, self.text())
        place, (left, right) = found[0]
        return " ".join(" ".join(row[left + 1:right - 1] for row in rows[place + 1:]
                                 if row[left:left + 1] == row[right - 1:right] == "│").split())

    def copied(self):
        """What the program last put into the clipboard of the terminal."""
        import base64
        found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)", self.terminal.bytes)
        check(found, "nothing was copied")
        return base64.b64decode(found[-1]).decode()

    # What the record says.

    def runs(self):
        if not os.path.isdir(self.shelf):
            return []
        places = [os.path.join(self.shelf, name) for name in sorted(os.listdir(self.shelf))]
        return [place for place in places if os.path.exists(os.path.join(place, "run.yaml"))]

    def new_run(self, known):
        return self.soon(lambda: [run for run in self.runs() if run not in known], "a new run")[0]

    def soon(self, found, reason, seconds=60):
        """Waits until `found()` is something, and returns it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = found()
            if answer:
                return answer
            self.terminal.pass_time(0.05)
        raise Failed(f"waited for {reason}\n{self.text()}")

    def file(self, suffix):
        """The file that an export has written, once it is there."""
        return self.files(suffix, 1)[-1]

    def files(self, suffix, count):
        def found():
            names = sorted(n for n in os.listdir(self.directory) if n.startswith("magmascope-") and n.endswith(suffix))
            return len(names) >= count and names
        return [os.path.join(self.directory, name) for name in self.soon(found, f"{count} files *{suffix}")]

    def show(self, place, step=None):
        at = [] if step is None else ["--at", str(step)]
        result = run(self.binary, "runs", "show", place, *at, "--json", env=self.places)
        check(result.returncode == 0, result.stderr)
        return json.loads(result.stdout)

    def has_recorded(self, place, step, seconds=60):
        """Waits until the record reaches a step: rows are written twice a second."""
        self.soon(lambda: self.show(place)["step"] >= step, f"step {step} in the record", seconds)


def lines(place, name="metrics.jsonl"):
    with open(os.path.join(place, name)) as file:
        return [json.loads(line) for line in file]


def evaluations(place, lane):
    return [line for line in lines(place) if line["lane"] == lane and not line.get("final")]


def journal(place, kind):
    return [entry for entry in lines(place, "journal.jsonl") if entry["kind"] == kind]


def configuration(place):
    with open(os.path.join(place, "run.yaml")) as file:
        return file.read()


def arm(moment, lane):
    return next(arm for arm in moment["arms"] if arm["lane"] == lane)

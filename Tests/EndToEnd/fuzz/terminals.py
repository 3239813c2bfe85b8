"""Attacks through terminals and signals."""
import os
import signal
import subprocess
import time

from . import parts
from .oracle import CLEAN, Failed, ask, check, clean

import pty_line

ENDINGS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
SMALL = ["--model", "nano", "--steps", "100000", "--eval-every", "200"]
#: Answered within a second; a busy machine gets some slack.
PROMPT = 2.0


def explorer(binary, directory, *arguments, **keywords):
    environment = dict(keywords.pop("env", {}), XDG_DATA_HOME=directory)
    return pty_line.Line([binary, *SMALL, *arguments], env=environment, cwd=directory, **keywords)


def restored(line):
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1000h", b"\x1b[?1000l"),
                    (b"\x1b[?2004h", b"\x1b[?2004l")):
        if on in line.bytes:
            check(line.bytes.rfind(off) > line.bytes.rfind(on), f"{off!r} is missing: {line.bytes[-200:]!r}")


def leave(line):
    """Out of whatever is open, then out of the program."""
    for _ in range(6):
        line.send(b"\x1b")
        line.pump(0.12)
        if line.ended():
            break
    for _ in range(3):
        if not line.ended():
            line.send("q")
            line.pump(0.3)
    if not line.ended():
        os.kill(line.pid, signal.SIGINT)
    status, _ = line.finish(10)
    check(status in (0, 130), f"left with {status}")
    restored(line)


def signals(random, binary, directory, workshop):
    """A signal to a headless process at any moment: the code, in time, and a run that goes on."""
    out = os.path.join(directory, "run")
    number = random.choice(list(ENDINGS))
    text = random.random() < 0.2
    line = [binary, "train", *SMALL[:2], "--steps", "100000", "--eval-every", "20", "--out", out, "--format", "jsonl"]
    process = subprocess.Popen(
        line + (["--text", "-"] if text else []), stdin=subprocess.PIPE if text else subprocess.DEVNULL,
        stdout=random.choice([subprocess.DEVNULL, subprocess.PIPE]), stderr=subprocess.PIPE, env=CLEAN)
    try:
        started(process, binary)
        time.sleep(random.choice([0.03, 0.1, 0.3, 1.0]) * (0.5 + random.random()))
        process.send_signal(number)
        began = time.monotonic()
        if random.random() < 0.3:
            process.send_signal(number)
        try:
            # Standard input stays open: its end would be an answer of its own.
            process.wait(10) if text else None
            _, words = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            raise Failed(f"signal {number} was not answered") from None
    finally:
        process.kill()
    seconds = time.monotonic() - began
    check(process.returncode == ENDINGS[number], f"signal {number}: {process.returncode} {words[-300:]!r}")
    check(seconds < PROMPT, f"signal {number}: {seconds:.2f} s")
    if os.path.exists(os.path.join(out, "run.yaml")) and not text:
        answer = ask(binary, "train", "--resume", out, seconds=1, interrupts=True)
        check(answer.code == 130, f"the run does not go on: {answer.code} {answer.err!r}")


def started(process, binary):
    """Waits until the system has made it the program: before that, a signal is the system's business."""
    deadline = time.monotonic() + 5
    while os.readlink(f"/proc/{process.pid}/exe") != os.path.realpath(binary):
        check(time.monotonic() < deadline, "the program did not start")
    time.sleep(0.03)


def processes(random, binary, directory, workshop):
    """Any signal to either process of the explorer at any moment."""
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS,
               signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGKILL]
    with explorer(binary, directory) as line:
        line.pump(random.choice([0.2, 0.4, 1.0]) + random.random() * 0.5)
        number = random.choice(numbers)
        whom = random.choice(["parent", "child", "both"])
        child = pty_line.child(line) if not line.ended() else 0
        targets = {"parent": [line.pid], "child": [child], "both": [line.pid, child]}[whom]
        for target in targets * random.choice([1, 1, 2, 5]):
            try:
                os.kill(target, number)
            except ProcessLookupError:
                pass
        status, seconds = line.finish(10)
        line.pump(0.5)
        check(status in (128 + number, 137), f"{number} to the {whom}: {status}")
        check(seconds < PROMPT, f"{number} to the {whom}: {seconds:.2f} s")
        check(b"Press space" not in line.bytes, "the backtracer asks")
        deadline = time.monotonic() + 3
        while os.path.exists(f"/proc/{child}") and state(child) != "Z":
            check(time.monotonic() < deadline, f"{number} to the {whom}: the explorer lives on")
            line.pump(0.02)
        # Nobody is left to give the terminal back.
        if not (number == signal.SIGKILL and whom == "both"):
            restored(line)


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split(")")[-1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def stalled(random, binary, directory, workshop):
    """A terminal that stops reading, slows down or goes away, and signals meanwhile."""
    rate = random.choice([None, None, 1000, 5000, 20_000])
    with explorer(binary, directory, rate=rate, answers=random.random() < 0.7) as line:
        line.pump(0.5 + random.random())
        for _ in range(random.choice([0, 2, 5])):
            line.send(random.choice([" ", "s", "2", "3", "1", "?", "\x1b", "+", "n", ":", "\x1b[A"]))
            line.pump(random.random() * 0.3)
        if random.random() < 0.6:
            line.isStalled = True
            line.pump(random.random() * 2)
        if random.random() < 0.3:
            line.close()
            began = time.monotonic()
            while not line.ended() and time.monotonic() < began + 10:
                time.sleep(0.01)
            check(line.status == 129, f"a terminal that went away: {line.status}")
            return
        number = random.choice(list(ENDINGS))
        os.kill(line.pid, number)
        status, seconds = line.finish(15)
        check(status == ENDINGS[number], f"{number}: {status}")
        check(seconds < PROMPT + (1 if rate else 0), f"{number}: {seconds:.2f} s")


def environments(random, binary, directory, workshop):
    """TERM, locale, colours and sizes of all kinds: it starts, or says why not."""
    term = random.choice(["xterm-256color", "tmux-256color", "screen-256color", "xterm", "linux", "vt100", "vt220", "ansi", "dumb",
                          "unknown", "", "xterm-direct", "xterm-kitty", "\x1b[2J", "../../etc/passwd", "a" * 1000, "rxvt", "sun"])
    environment = {}
    for name in ("LANG", "LC_ALL", "LC_CTYPE"):
        environment[name] = random.choice(["", "C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "nonsense", "en_US.ISO-8859-1", "C.UTF-8"])
    for name, values in (("NO_COLOR", ["", "1"]), ("CLICOLOR_FORCE", ["1"]), ("COLUMNS", ["1", "0", "-1", "99999999"]),
                         ("LINES", ["1", "x"]), ("TERMINFO", ["/nonexistent"]), ("SSH_CONNECTION", ["x"]), ("HOME", ["", "/proc"])):
        if random.random() < 0.25:
            environment[name] = random.choice(values)
    sizes = [(80, 24), (120, 40), (40, 12), (1, 1), (300, 100), (20, 5)]
    columns, rows = random.choice(sizes)
    arguments = random.choice([[], ["--glyphs", "ascii"], ["--color", "never"], ["--color", "always"], ["--no-mouse"], ["--fps", "120"]])
    with explorer(binary, directory, *arguments, columns=columns, rows=rows, term=term, env=environment) as line:
        began = time.monotonic()
        while not line.ended() and b"\x1b[" not in line.bytes and time.monotonic() < began + 10:
            line.pump(0.05)
        line.pump(random.random() * 0.4)
        if line.ended():
            check(line.status in (2, 3), f"TERM={term!r}: {line.status} {line.bytes!r}")
            clean(line.bytes, f"TERM={term!r}")
            check(b"TERM" in line.bytes, f"TERM={term!r} is not named: {line.bytes!r}")
            return
        if environment.get("NO_COLOR") and "--color" not in arguments and "CLICOLOR_FORCE" not in environment:
            check(b"38;5" not in line.bytes, "colours although NO_COLOR")
        line.send("q")
        status, _ = line.finish(10)
        check(status == 0, f"TERM={term!r}: {status}")


def resizes(random, binary, directory, workshop):
    with explorer(binary, directory) as line:
        line.pump(0.7)
        line.screen.resize(100, 300)
        for _ in range(200):
            extreme = random.random() < 0.05
            line.resize(random.randint(1, 65535 if extreme else 220), random.randint(1, 65535 if extreme else 70))
            line.pump(0.004)
            if random.random() < 0.1:
                line.send(random.choice(["1", "2", "3", "4", "?", "\x1b", "n"]))
        line.resize(80, 24)
        line.screen.resize(24, 80)
        line.pump(0.5)
        leave(line)


def keys(random, binary, directory, workshop):
    """Bytes of all kinds, on all screens, in all chunks; pastes among them."""
    with explorer(binary, directory) as line:
        line.pump(0.7)
        line.send(random.choice(["", "2", "3", "4", "n", "?", ":", "p", "/"]))
        for _ in range(random.choice([5, 20, 60])):
            if line.ended():
                break
            kind = random.randrange(6)
            if kind == 0:
                data = bytes(random.randrange(256) for _ in range(200))
            elif kind == 1:
                data = bytes(random.choice(b" sS+-[]123456789nNpPrRyYlLxXtTvVbBdDuUkKjJhHgGzZoOcCmM?:/\t\r\x1b") for _ in range(60))
            elif kind == 2:
                data = b"\x1b[200~" + bytes(random.randrange(256) for _ in range(random.choice([10, 5000]))) \
                    + random.choice([b"\x1b[201~", b"", b"\x1b[20"])
            elif kind == 3:
                data = b"\x1b[" + bytes(random.choice(b"0123456789;?<ABCDHFMm~Rnhl") for _ in range(random.choice([1, 5, 300])))
            elif kind == 4:
                data = b"\x1b[<%d;%d;%d%c" % (random.randrange(100), random.randrange(300), random.randrange(100), random.choice(b"Mm"))
            else:
                data = random.choice(["日本語", "é", "🙂", "\u202e", "\u009b", "\x00" * 50, "\x16\x03", "\x1b\x1b\x1b[A"]).encode()
            # Signals the terminal would make of them are another attack.
            line.send(bytes(b for b in data if b not in (3, 26, 28)))
            line.pump(0.01)
        if line.ended():
            check(line.status == 0, f"ended with {line.status}")
            restored(line)
        else:
            line.pump(1.2)
            leave(line)


KINDS = {kind.__name__: kind for kind in (signals, processes, stalled, environments, resizes, keys)}

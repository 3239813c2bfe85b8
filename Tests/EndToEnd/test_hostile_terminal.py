"""Terminals that do not read, read slowly, are absurdly large, or vanish; pastes; fatal signals."""
import glob
import os
import re
import signal
import time

from harness import check
from pty_line import Line, child
from test_terminal import SMALL, step_shown


def explorer(binary, *arguments, **keywords):
    return Line([binary, *SMALL, *arguments], **keywords)


def moving(line, seconds=20):
    line.wait(lambda text: (step_shown(text) or 0) > 20, "both arms to move", seconds)


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) * 1024


def saved_runs(home):
    return glob.glob(os.path.join(home, "magmascope", "runs", "*", "arms", "*", "seed-*", "model.safetensors"))


def test_signals_are_answered_by_a_terminal_that_does_not_read(binary, directory):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        for whom in ("parent", "child"):
            home = os.path.join(directory, f"{code}-{whom}")
            with explorer(binary, env={"XDG_DATA_HOME": home}, answers=False) as line:
                moving(line)
                line.isStalled = True
                line.pump(1.5)
                os.kill(line.pid if whom == "parent" else child(line), number)
                status, seconds = line.finish(10)
                check(status == code, f"{number} to the {whom}: {status}")
                check(seconds < 1.5, f"{number} to the {whom}: {seconds:.2f} s")
                check(len(saved_runs(home)) == 2, f"nothing kept: {saved_runs(home)}")
                line.isStalled = False
                line.pump(0.2)
                check(b"\x1b[?1049l" in line.bytes[-400:], f"not given back: {line.bytes[-200:]!r}")


def test_a_terminal_that_reads_again_shows_the_newest_frame(binary, directory):
    with explorer(binary) as line:
        moving(line)
        line.isStalled = True
        line.pump(2)
        line.isStalled = False
        at = len(line.bytes)
        line.send("y")
        line.pump(0.5)
        check(len(line.bytes) - at < 60_000, f"{len(line.bytes) - at} bytes were buffered")
        line.send("q")
        check(line.finish()[0] == 0, "exit status")


def test_a_key_is_answered_first_on_a_slow_line(binary, directory):
    for rate, limit in ((5000, 1.0), (1000, 2.0)):
        for answers in (True, False):
            with explorer(binary, rate=rate, answers=answers) as line:
                moving(line, 60)
                line.pump(5)
                slowest = 0
                for _ in range(3):
                    line.send(" ")
                    slowest = max(slowest, line.wait("PAUSE", "the pause", 30))
                    line.send(" ")
                    slowest = max(slowest, line.wait(lambda text: "PAUSE" not in text, "training", 30))
                    line.pump(0.7)
                check(slowest < limit, f"{rate} B/s, answers {answers}: {slowest:.2f} s")
                line.send("q")
                check(line.finish(60)[0] == 0, "exit status")


def test_a_paste_is_text_and_never_keys(binary, directory):
    with explorer(binary) as line:
        moving(line)
        check(b"\x1b[?2004h" in line.bytes, "pastes are not marked")
        line.send(b"\x1b[200~qqq q\nw \x1b[201~")
        line.pump(0.4)
        check(not line.ended() and "PAUSE" not in line.text(), "the paste was taken for keys")
        line.send(":")
        line.pump(0.2)
        began = time.monotonic()
        line.send(b"\x1b[200~goto 1\n" + b"x" * 40_000 + b"yz\x1b[201~")
        line.wait("xxyz", "the paste")
        check(time.monotonic() - began < 1, f"{time.monotonic() - began:.2f} s for 40 kB")
        line.send("\x15")
        began = time.monotonic()
        line.send("w" * 40_000 + "end")
        line.wait("wend", "the unmarked paste")
        check(time.monotonic() - began < 2, f"{time.monotonic() - began:.2f} s for 40 kB of keys")
        # One that never ends is over after a second.
        line.send(b"\x1b[200~abc")
        line.pump(1.6)
        line.send("\x1b")
        line.pump(0.2)
        line.send("q")
        check(line.finish()[0] == 0, "exit status")


def test_absurd_windows_cost_no_memory(binary, directory):
    for columns, rows in ((65535, 65535), (30000, 9000), (1, 65535), (65535, 1)):
        with explorer(binary, columns=80, rows=24) as line:
            line.resize(columns, rows)
            line.pump(1.5)
            peak = peak_memory(child(line))
            check(peak < 500 << 20, f"{columns}x{rows}: {peak >> 20} MiB")
            line.resize(80, 24)
            moving(line)
            line.send("q")
            check(line.finish()[0] == 0, f"{columns}x{rows}")


def test_fatal_signals_end_both_processes_and_restore_the_terminal(binary, directory):
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGBUS, signal.SIGILL):
        for whom in ("parent", "child"):
            with explorer(binary) as line:
                moving(line)
                os.kill(line.pid if whom == "parent" else child(line), number)
                status, seconds = line.finish(10)
                check(status == 128 + number, f"{number} to the {whom}: {status}")
                check(seconds < 1.5, f"{number} to the {whom}: {seconds:.2f} s")
                check(b"\x1b[?1049l" in line.bytes, "not given back")
                check(b"Press space" not in line.bytes, "the backtracer asks")


def test_a_storm_of_quits_ends_at_once(binary, directory):
    for count in (2, 5, 20):
        with explorer(binary) as line:
            moving(line)
            target = child(line)
            for index in range(count):
                try:
                    os.kill(line.pid if index % 3 == 2 else target, signal.SIGQUIT)
                except ProcessLookupError:
                    break
            status, seconds = line.finish(10)
            check(status == 131 and seconds < 1.5, f"{count}: {status}, {seconds:.2f} s")


def test_a_terminal_that_goes_away_ends_with_129(binary, directory):
    for moment in (0.1, 0.3, 1.0):
        log = os.path.join(directory, f"log{moment}")
        home = os.path.join(directory, f"home{moment}")
        with explorer(binary, env={"XDG_DATA_HOME": home}, stderr=log if moment > 0.2 else None) as line:
            if moment > 0.2:
                moving(line)
            line.pump(moment)
            line.close()
            began = time.monotonic()
            while not line.ended() and time.monotonic() < began + 10:
                time.sleep(0.01)
            check(line.status == 129, f"after {moment} s: {line.status}")
            if moment > 0.2:
                check(len(saved_runs(home)) == 2, "nothing kept")


def test_interrupts_inherited_as_ignored_are_answered_at_any_moment(binary, directory):
    import random
    import subprocess
    generator = random.Random(5)
    lost = []
    for _ in range(12):
        process = subprocess.Popen(
            ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", binary, "train", *SMALL],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": "/bin", "LANG": "C.UTF-8"})
        # The shell needs a moment to become the program.
        deadline = time.monotonic() + 5
        while os.readlink(f"/proc/{process.pid}/exe") != os.path.realpath(binary):
            check(time.monotonic() < deadline, "the program did not start")
        time.sleep(0.02 + 0.2 * generator.random())
        process.send_signal(signal.SIGINT)
        try:
            lost += [process.wait(5)] if process.wait(5) != 130 else []
        except subprocess.TimeoutExpired:
            lost.append("nothing")
            process.kill()
            process.wait()
    check(not lost, f"{len(lost)} of 12: {lost}")

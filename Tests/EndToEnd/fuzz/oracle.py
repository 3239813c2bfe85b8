"""What no attack may achieve, whatever else it is about."""
import os
import re
import resource
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import CLEAN, Failed, check  # noqa: E402

CODES = {0, 1, 2, 3, 4, 129, 130, 141, 143}
LONGEST_LINE = 2_100
MOST_MEMORY = 3 << 30
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)")


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def limits(given):
    def apply():
        for which, value in (given or {}).items():
            resource.setrlimit(which, (value, value))
    return apply


def ask(binary, *arguments, stdin=None, env=None, cwd=None, seconds=20, limit=None, stdout=None, interrupts=False):
    """Runs a command and checks all that always holds; returns what it answered.

    With `interrupts`, one that is still at work after `seconds` is sent INT and must end with 130.
    """
    process = subprocess.Popen(
        [binary, *arguments], stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, env=dict(CLEAN, **(env or {})),
        preexec_fn=limits(limit) if limit else None)
    interrupted = False
    try:
        try:
            out, err = process.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired:
            check(interrupts, f"{shown(arguments)}: still at work after {seconds} s")
            interrupted = True
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                raise Failed(f"{shown(arguments)}: INT was not answered within 5 s") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    answer = Answer(process.returncode, out or b"", err)
    judge(arguments, answer, interrupted)
    return answer


def judge(arguments, answer, interrupted=False):
    what = shown(arguments)
    words = answer.err.decode("utf-8", "backslashreplace")
    check(answer.code in CODES, f"{what}: ended with {answer.code}\n{words[-2000:]}")
    # A refusal may have been on its way already, on a busy machine.
    check(not interrupted or answer.code in (130, 2, 4), f"{what}: INT was answered with {answer.code}\n{words[-500:]}")
    clean(answer.err, f"{what}: stderr")
    clean(answer.out, f"{what}: stdout")
    for line in words.splitlines():
        check(len(line) <= LONGEST_LINE, f"{what}: a line of {len(line)} characters: {line[:200]}")
    if answer.code in (1, 2, 4):
        said = [line for line in words.splitlines() if line.startswith("magmascope: ")]
        check(said, f"{what}: exit {answer.code} without a word: {words!r}")


def clean(data, what):
    """No byte through that a terminal could obey, hide or reorder."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Failed(f"{what} is not UTF-8: {data[max(0, error.start - 40):error.start + 40]!r}") from None
    found = CONTROL.search(text)
    check(not found, f"{what} has {found and found.group()!r}: {found and text[max(0, found.start() - 80):found.end() + 40]!r}")


def shown(arguments):
    return "magmascope " + " ".join(repr(a) if len(a) < 80 else repr(a[:60]) + "…" for a in map(str, arguments))

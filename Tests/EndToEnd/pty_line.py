"""A terminal behind a line of its own speed: stalled, throttled, or gone.

The program runs on a pseudo-terminal as its controlling terminal. Bytes are taken from it no faster
than the line allows, and status requests (CSI 5 n) are answered when they arrive, as terminals do.
"""
import fcntl
import os
import pty
import select
import struct
import termios
import time

import pyte

from harness import CLEAN, Failed


class Line:
    def __init__(self, command, columns=80, rows=24, rate=None, answers=True, env=None, cwd=None,
                 term="xterm-256color", stderr=None):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.rate, self.answers = rate, answers
        self.bytes = b""
        self.credit, self.clock = 0.0, time.monotonic()
        self.isStalled = False
        self.status = None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            if stderr is not None:
                os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
            if cwd:
                os.chdir(cwd)
            os.execve(command[0], list(command), dict(CLEAN, TERM=term, **(env or {})))

    def pump(self, seconds=0.02):
        """Takes what the line lets through in this time; False once the program has closed it."""
        deadline = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            room = 1 << 16
            if self.rate:
                self.credit = min(self.credit + (now - self.clock) * self.rate, max(self.rate * 0.1, 1))
                room = int(self.credit)
            self.clock = now
            if self.isStalled:
                room = 0
            ready = select.select([self.master] if room else [], [], [], max(0, min(0.02, deadline - now)))[0]
            if ready:
                try:
                    data = os.read(self.master, room)
                except OSError:
                    return False
                if not data:
                    return False
                self.credit -= len(data) if self.rate else 0
                self.take(data)
            if time.monotonic() >= deadline:
                return True

    def take(self, data):
        requests = (self.bytes[-3:] + data).count(b"\x1b[5n")
        self.bytes += data
        self.stream.feed(data)
        if self.answers and requests:
            os.write(self.master, b"\x1b[0n" * requests)

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, condition, reason, seconds=20):
        """Seconds until `condition(text)` held."""
        holds = condition if callable(condition) else (lambda text: condition in text)
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            alive = self.pump(0.01)
            if holds(self.text()):
                return time.monotonic() - began
            if not alive:
                break
        raise Failed(f"waited for {reason}\n{self.text()}\nlast bytes: {self.bytes[-300:]!r}")

    def send(self, keys):
        """Types, waiting for the program to take it while its output is read."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            if select.select([], [self.master], [], 0.01)[1]:
                data = data[os.write(self.master, data[:512]):]
            self.pump(0)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def ended(self):
        if self.status is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
                self.status = 128 - self.status if self.status < 0 else self.status
        return self.status is not None

    def finish(self, seconds=20):
        """The exit status and how long it took to come; reads on as fast as the line allows."""
        began = time.monotonic()
        while not self.ended():
            if time.monotonic() > began + seconds:
                raise Failed(f"still running after {seconds} s\n{self.text()}")
            if not self.pump(0.01):
                time.sleep(0.005)
        return self.status, time.monotonic() - began

    def close(self):
        if self.master is not None:
            os.close(self.master)
            self.master = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.ended():
            for child in children(self.pid) + [self.pid]:
                try:
                    os.kill(child, 9)
                except ProcessLookupError:
                    pass
            os.waitpid(self.pid, 0)
        self.close()


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def child(line, seconds=10):
    """The supervised process."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = children(line.pid)
        if found:
            return found[0]
        line.pump(0.02)
    raise Failed("no supervised child")

"""Drives the real program on a pseudo-terminal and reads its screen through a terminal emulator.

Every wait is for a condition on the screen, with a reason and a deadline; nothing sleeps for a
fixed time. On failure the last screen and the last bytes are part of the message.
"""
import os
import select
import signal
import struct
import fcntl
import termios
import time

import pexpect
import pyte

CLEAN = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


class Failed(AssertionError):
    pass


class Terminal:
    """The program on a pseudo-terminal of a given size."""

    def __init__(self, command, columns=80, rows=24, term="xterm-256color", env=None, cwd=None):
        self.environment = dict(CLEAN, TERM=term, **(env or {}))
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = b""
        self.child = pexpect.spawn(
            command[0], list(command[1:]), dimensions=(rows, columns), env=self.environment,
            timeout=None, cwd=cwd)
        self.initial = None

    def pump(self, seconds=0.05):
        """Feeds whatever has been written to the emulator; False once the program has closed."""
        ready, _, _ = select.select([self.child.child_fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.child.child_fd, 1 << 16)
        except OSError:
            return False
        if not data:
            return False
        self.bytes += data
        self.stream.feed(data)
        return True

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, condition, reason, seconds=20):
        """Waits until `condition(text)` holds; a string stands for its presence on the screen."""
        holds = condition if callable(condition) else (lambda text: condition in text)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            alive = self.pump()
            if holds(self.text()):
                return
            if not alive:
                break
        raise Failed(f"waited for {reason}\n{self.text()}\nlast bytes: {self.bytes[-400:]!r}")

    def pass_time(self, seconds):
        """Lets time pass as between a person's keys: an escape joined to the next key is another key."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.pump(0.02):
            pass

    def send(self, keys):
        os.write(self.child.child_fd, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def finish(self, seconds=20):
        """Waits for the end and returns the exit status, 128+n when a signal ended it."""
        deadline = time.monotonic() + seconds
        while self.child.isalive() and time.monotonic() < deadline:
            self.pump()
        if self.child.isalive():
            raise Failed(f"still running\n{self.text()}")
        while self.pump(0.05) and select.select([self.child.child_fd], [], [], 0)[0]:
            pass
        status = self.child.exitstatus
        return status if status is not None else 128 + self.child.signalstatus

    def attributes(self):
        return termios.tcgetattr(self.child.child_fd)

    def is_cooked(self):
        return bool(self.attributes()[3] & termios.ECHO) and bool(self.attributes()[3] & termios.ICANON)

    def assert_restored(self):
        """The alternate screen left, the cursor shown, the mouse off, as the byte stream says."""
        for on, off, what in ((b"\x1b[?1049h", b"\x1b[?1049l", "alternate screen"),
                              (b"\x1b[?25l", b"\x1b[?25h", "cursor"),
                              (b"\x1b[?1000h", b"\x1b[?1000l", "mouse")):
            if on in self.bytes and self.bytes.rfind(off) < self.bytes.rfind(on):
                raise Failed(f"{what} not given back: {self.bytes[-300:]!r}")

    def children(self, seconds=10):
        """Process ids of the program's own children; the kernel's list may be incomplete for a moment."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with open(f"/proc/{self.child.pid}/task/{self.child.pid}/children") as file:
                found = [int(word) for word in file.read().split()]
            if found:
                return found
            self.pump(0.02)
        raise Failed(f"no supervised child\n{self.text()}")

    def close(self):
        for process in [self.child.pid]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.child.close(force=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def check(condition, message):
    if not condition:
        raise Failed(message)

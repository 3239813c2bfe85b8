"""What the explorer remembers of its view, and what it makes of the terminal's background."""
import os
import time

from harness import CLEAN, check
from pty_line import Line
from test_terminal import SMALL, step_shown


def explorer(binary, *arguments, **keywords):
    return Line([binary, *SMALL, *arguments], **keywords)


def moving(line):
    line.wait(lambda text: (step_shown(text) or 0) > 5, "both arms to move")


def leave(line):
    line.send("q")
    status, _ = line.finish()
    check(status == 0, f"exit status {status}")


def settings_file():
    return os.path.join(CLEAN["XDG_CONFIG_HOME"], "magmascope", "settings.yaml")


def settings():
    with open(settings_file()) as file:
        return [line.strip() for line in file if not line.startswith("#")]


def theme_after(binary, *arguments, **keywords):
    """The theme one key further than the start's, as the message line names it."""
    with explorer(binary, *arguments, **keywords) as line:
        moving(line)
        line.send("t")
        line.wait("theme ", "the theme's name")
        name = line.text().split("theme ")[-1].split()[0]
        leave(line)
        return name


def test_a_changed_theme_is_there_in_the_next_start(binary, directory):
    with explorer(binary) as line:
        moving(line)
        line.send("t")
        line.wait("theme high-contrast", "the next theme")
        line.send("y")
        leave(line)
    check(settings() == ["theme: high-contrast", "logY: false"], f"written: {settings()}")
    with explorer(binary) as line:
        moving(line)
        title = next(row for row in line.text().split("\n") if "─ loss" in row)
        check("log y" not in title, f"the axis is logarithmic again: {title}")
        leave(line)
    check(theme_after(binary, "--defaults") == "high-contrast", "--defaults took what is remembered")
    check(settings() == ["theme: high-contrast", "logY: false"], "--defaults wrote")
    check(theme_after(binary, "--theme", "light") == "default", "the flag did not win")
    check(settings() == ["theme: default", "logY: false"], f"written: {settings()}")
    check(theme_after(binary) == "high-contrast", "default was not remembered")


def test_two_explorers_at_once_keep_what_was_changed_in_each(binary, directory):
    for _ in range(5):
        with explorer(binary, "--theme", "default") as one, explorer(binary, "--theme", "default") as other:
            moving(one)
            moving(other)
            one.send("y")
            other.send("x")
            one.send("q")
            other.send("q")
            check(one.finish()[0] == other.finish()[0] == 0, "exit status")
        check(settings() == ["xAxis: tokens", "logY: false"], f"written: {settings()}")
        os.remove(settings_file())


def test_a_settings_file_with_a_mistake_is_said_so_and_left_alone(binary, directory):
    os.makedirs(os.path.dirname(settings_file()))
    for text, said in (
            ("logY: false\ntheme: lihgt\n", "settings.yaml:2: 'theme' is 'lihgt' (did you mean 'light'?)"),
            ("themes: light\n", "settings.yaml:1: unknown key 'themes' (did you mean 'theme'?)"),
            ("\x00\x01", "settings.yaml")):
        with open(settings_file(), "w") as file:
            file.write(text)
        log = os.path.join(directory, "log")
        with explorer(binary, stderr=log, columns=120) as line:
            moving(line)
            line.send("ty")
            line.pump(0.3)
            leave(line)
        with open(log) as file:
            lines = [one for one in file if "settings.yaml" in one]
        check(len(lines) == 1 and said in lines[0], f"{said}: {lines}")
        check("; " in lines[0], f"no remedy: {lines}")
        with open(settings_file()) as file:
            check(file.read() == text, "the file was written over")
        os.remove(log)


def test_a_place_that_cannot_be_written_is_said_once(binary, directory):
    blocked = os.path.join(directory, "blocked")
    with open(blocked, "w"):
        pass
    log = os.path.join(directory, "log")
    with explorer(binary, env={"XDG_CONFIG_HOME": blocked}, stderr=log, columns=120) as line:
        moving(line)
        line.send("x")
        line.wait("settings are not remembered", "the reason")
        line.send("\x1b")
        line.pump(0.3)
        line.send("xxy")
        line.pump(0.5)
        check("not remembered" not in line.text(), f"said twice\n{line.text()}")
        leave(line)
    with open(log) as file:
        check("not remembered" not in file.read(), "said again at the end")


def test_a_linked_settings_file_stays_a_link(binary, directory):
    kept = os.path.join(directory, "kept.yaml")
    os.makedirs(os.path.dirname(settings_file()))
    with open(kept, "w") as file:
        file.write("smoothing: heavy\n")
    os.symlink(kept, settings_file())
    with explorer(binary) as line:
        moving(line)
        line.send("y")
        leave(line)
    check(os.path.islink(settings_file()), "the link was replaced")
    check(settings() == ["smoothing: heavy", "logY: false"], f"written: {settings()}")


QUESTION = b"\x1b]11;?\x1b\\"


class Answering(Line):
    """A terminal that names its background when asked, in pieces if need be."""

    def __init__(self, command, answer, pieces=1, delay=0.0, **keywords):
        self.answer, self.pieces, self.delay = answer, pieces, delay
        self.due, self.given = [], 0
        super().__init__(command, **keywords)

    def take(self, data):
        asked = self.bytes.count(QUESTION)
        if (self.bytes + data).count(QUESTION) > asked:
            size = -(-len(self.answer) // self.pieces)
            for place in range(0, len(self.answer), size):
                when = time.monotonic() + self.delay + 0.005 * place
                self.due.append((when, self.answer[place:place + size]))
            self.give()
        super().take(data)

    def give(self):
        while self.due and self.due[0][0] <= time.monotonic():
            self.given += os.write(self.master, self.due.pop(0)[1])

    def pump(self, seconds=0.02):
        self.give()
        return super().pump(seconds)


def is_light(line):
    """Whether the colour of the second arm in the light theme was sent; no other theme has it."""
    return b"38;5;166" in line.bytes


def check_untouched(line):
    """No part of an answer has been taken for a key: the first screen, at its own settings."""
    text = line.text()
    check("[1 Live]" in text, f"not on the first screen\n{text}")
    check("EMA 0.9" in text and "log y" in text and "PAUSE" not in text, f"a setting was changed\n{text}")
    check("rgb" not in text and "command line" not in text, f"something is open\n{text}")
    check(not os.path.exists(settings_file()), "something was remembered")


WHITE, NAVY = b"\x1b]11;rgb:ffff/ffff/fafa", b"\x1b]11;rgb:0000/0000/4040"


def test_the_theme_follows_the_background_that_the_terminal_names(binary, directory):
    for answer, light in ((WHITE + b"\x07", True), (WHITE + b"\x1b\\", True), (NAVY + b"\x1b\\", False)):
        for pieces in (1, 3, len(answer)):
            for delay in (0.0, 1.0):
                with Answering([binary, *SMALL], answer, pieces, delay, columns=120, rows=40) as line:
                    moving(line)
                    line.wait(lambda _: line.given == len(answer), "the answer to be given")
                    line.pump(0.4)
                    what = f"{answer!r} in {pieces} pieces after {delay} s"
                    check(is_light(line) == light, f"{what}: light {is_light(line)}")
                    check_untouched(line)
                    leave(line)


def test_a_chosen_theme_is_not_asked_about(binary, directory):
    def asks(*arguments, **keywords):
        with explorer(binary, *arguments, **keywords) as line:
            moving(line)
            leave(line)
            return QUESTION in line.bytes
    check(asks(), "not asked")
    check(asks("--defaults"), "not asked with --defaults")
    check(not asks("--theme", "default"), "asked in spite of the flag")
    check(not asks("--color", "never"), "asked without colours")
    check(not asks(term="linux"), "asked the Linux console")
    check(not asks(env={"NO_COLOR": "1"}), "asked without colours")
    os.makedirs(os.path.dirname(settings_file()))
    with open(settings_file(), "w") as file:
        file.write("theme: default\n")
    check(not asks(), "asked in spite of what is remembered")
    check(asks("--defaults"), "not asked with --defaults")


def test_keys_are_keys_for_terminals_that_do_not_answer(binary, directory):
    for answers in (True, False):
        with explorer(binary, answers=answers) as line:
            moving(line)
            line.send("?")
            line.wait("Esc close", "the help")
            line.send("\x1b")
            took = line.wait(lambda text: "Esc close" not in text, "the help to close")
            check(took < 0.5, f"Esc took {took:.2f} s")
            leave(line)

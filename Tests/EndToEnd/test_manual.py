"""What the program says of itself, in share/: as it is, and fit for those who read it."""
import os
import re
import shutil
import subprocess

from harness import CLEAN, check

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "share/man/man1/magmascope.1")
BASH = os.path.join(ROOT, "share/completions/bash/magmascope")
ZSH = os.path.join(ROOT, "share/completions/zsh/_magmascope")
FISH = os.path.join(ROOT, "share/completions/fish/magmascope.fish")


def run(*command, **keywords):
    return subprocess.run(command, capture_output=True, text=True, **keywords)


def rendered():
    return run("groff", "-ww", "-man", "-Tutf8", "-P-cbou", "-rLL=100n", PAGE)


def test_what_is_committed_is_what_the_program_says(binary, directory):
    checked = run(os.path.join(ROOT, "scripts/manual"), "--check", env=dict(CLEAN, MAGMASCOPE=binary))
    check(checked.returncode == 0, checked.stdout[-2000:] + checked.stderr[-2000:])


def test_the_check_notices_what_has_changed(binary, directory):
    copy = os.path.join(directory, "copy")
    shutil.copytree(os.path.join(ROOT, "share"), os.path.join(copy, "share"))
    os.makedirs(os.path.join(copy, "scripts"))
    script = shutil.copy(os.path.join(ROOT, "scripts/manual"), os.path.join(copy, "scripts"))
    for place in (PAGE, BASH, ZSH, FISH):
        copied = os.path.join(copy, os.path.relpath(place, ROOT))
        with open(copied) as file:
            text = file.read()
        with open(copied, "w") as file:
            file.write(text.replace("--steps", "--stepz").replace("steps", "stepz", 1))
        checked = run(script, "--check", env=dict(CLEAN, MAGMASCOPE=binary))
        check(checked.returncode == 1 and "run scripts/manual" in checked.stderr, f"{place} was not noticed")
        shutil.copy(place, copied)
    checked = run(script, "--check", env=dict(CLEAN, MAGMASCOPE=binary))
    check(checked.returncode == 0, checked.stdout[-1000:])


def test_the_page_is_set_without_a_warning(binary, directory):
    if shutil.which("groff"):
        page = rendered()
        check(page.returncode == 0 and not page.stderr, page.stderr[-2000:])
    if shutil.which("man") and shutil.which("groff"):
        page = run("man", "--warnings", "-l", PAGE, env=dict(CLEAN, MANWIDTH="100", MANPAGER="cat"))
        check(page.returncode == 0 and not page.stderr, page.stderr[-2000:])


def test_the_page_names_every_command_and_every_key(binary, directory):
    with open(PAGE) as file:
        source = file.read()
    text = re.sub(r"\\f[BIR]", "", source).replace("\\-", "-")
    listed = run(binary, "--help").stdout
    commands = re.findall(r"^  ([a-z]+)(?:,\s*[a-z]+)?(?:\s+\(default\))?\s{2,}", listed.split("SUBCOMMANDS:")[1], re.M)
    check(len(commands) > 12, f"commands: {commands}")
    for command in commands:
        check(f'.SS "magmascope {command}"' in text, f"{command} is missing")
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", run(binary, command, "--help").stdout.split("OPTIONS:")[-1]))
        missing = [flag for flag in flags if flag not in text]
        check(not missing, f"{command}: {missing}")
    for key in ("Space", "Tab", "PgUp", ":goto", "NO_COLOR", "settings.yaml"):
        check(key in text, f"{key} is missing")


def test_shells_take_their_completions(binary, directory):
    for shell, place in (("bash", BASH), ("zsh", ZSH), ("fish", FISH)):
        if shutil.which(shell):
            parsed = run(shell, "-n", place)
            check(parsed.returncode == 0 and not parsed.stderr, f"{shell}: {parsed.stderr[-500:]}")
    completed = run("bash", "--norc", "-c", f"""
        shopt -s extglob
        . {BASH}
        COMP_LINE='magmascope tra'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=(magmascope tra); COMP_CWORD=1; COMP_TYPE=9
        _magmascope magmascope tra magmascope
        printf '%s\\n' "${{COMPREPLY[@]}}"
        """, env=dict(CLEAN))
    check("train" in completed.stdout.split(), f"bash offers {completed.stdout!r} {completed.stderr[-500:]}")
    if shutil.which("fish"):
        home = dict(CLEAN, HOME=directory)
        completed = run("fish", "--no-config", "-c", f"source {FISH}; complete -C 'magmascope tra'", env=home)
        check("train" in completed.stdout, f"fish offers {completed.stdout!r} {completed.stderr[-500:]}")

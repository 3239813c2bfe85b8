# Sourced by the other scripts: finds what the machine lacks and installs it, or says how.

# say MESSAGE: progress for people, never on stdout.
say() { printf 'magmascope: %s\n' "$*" >&2; }

# need_swift: one clear sentence without a Swift 6 toolchain.
need_swift() {
  if ! command -v swift >/dev/null 2>&1; then
    say 'Swift is not installed; get a Swift 6.2 or later toolchain from https://www.swift.org/install and put it on PATH.'
    exit 1
  fi
}

# header NAME: whether the C compiler finds a header.
header() {
  local compiler
  for compiler in clang cc gcc; do
    if command -v "$compiler" >/dev/null 2>&1; then
      printf '#define NCURSES_WIDECHAR 1\n#include <%s>\n' "$1" | "$compiler" -fsyntax-only -x c - 2>/dev/null
      return
    fi
  done
  [ -e "/usr/include/$1" ]
}

# install WHY PACKAGE...: with apt, as root or through sudo; else the command to run by hand.
install() {
  local why=$1
  shift
  if ! command -v apt-get >/dev/null 2>&1; then
    say "$why is missing, and this system has no apt-get. Install the equivalent of: $*"
    exit 1
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      say "$why is missing. Run as root: apt-get update && apt-get install -y $*"
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing $* ($why)"
  if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >&2; then
    say "that did not work. Run: ${as_root[*]} apt-get update && ${as_root[*]} apt-get install -y $*"
    exit 1
  fi
}

# need_ncurses: headers and library for the terminal interface.
need_ncurses() {
  header curses.h && header term.h || install 'the ncurses headers, to draw on the terminal' libncurses-dev
}

# test_python: an interpreter that has the modules of the end-to-end tests, if there is one.
test_python() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c 'import pexpect, pyte' >/dev/null 2>&1; then
      printf '%s\n' "$python"
      return
    fi
  done
  return 1
}

# need_terminal_tests: tmux and Python's terminal emulator, for the end-to-end tests only.
need_terminal_tests() {
  command -v tmux >/dev/null 2>&1 || install 'tmux, to test the program in a real terminal' tmux
  test_python >/dev/null || install 'a terminal emulator for Python, for the end-to-end tests' python3 python3-pexpect python3-pyte
}

# need_slurm: a controller, node daemons and clients of Slurm, for scripts/test-slurm only.
need_slurm() {
  command -v slurmctld >/dev/null 2>&1 && command -v slurmd >/dev/null 2>&1 \
    || install 'Slurm, to test sweeps on a real one' slurmctld slurmd slurm-client munge
}

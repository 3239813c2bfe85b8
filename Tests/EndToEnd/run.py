#!/usr/bin/env python3
"""Runs the end-to-end tests: run.py --binary PATH [NAME...]

Ends with one line "N passed, N failed"; exits 1 when any failed.
"""
import argparse
import importlib
import os
import signal
import sys
import tempfile
import time
import traceback

MODULES = [
    "test_command_line", "test_results", "test_history", "test_board", "test_sweep", "test_lessons", "test_terminal",
    "test_hostile_terminal", "test_robustness", "test_settings",
    "test_manual", "test_tasks", "test_story",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("names", nargs="*", help="only tests whose name contains one of these")
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import harness
    if not os.path.exists("/dev/ptmx"):
        sys.exit("no /dev/ptmx: the end-to-end tests need pseudo-terminals")
    binary = os.path.abspath(arguments.binary)
    # What nohup ignores, every tested program would ignore too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    passed, failed = 0, 0
    for module in map(importlib.import_module, MODULES):
        for name in sorted(n for n in dir(module) if n.startswith("test_")):
            if arguments.names and not any(part in name for part in arguments.names):
                continue
            started = time.monotonic()
            try:
                with tempfile.TemporaryDirectory() as directory:
                    # Settings are remembered: no test shall find those of another.
                    harness.CLEAN["XDG_CONFIG_HOME"] = os.path.join(directory, "config")
                    getattr(module, name)(binary, directory)
                passed += 1
                print(f"ok   {name} ({time.monotonic() - started:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"FAIL {name}\n{traceback.format_exc()}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()

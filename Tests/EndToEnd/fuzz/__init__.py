"""Attacks on the program, generated from a seed; see run.py."""

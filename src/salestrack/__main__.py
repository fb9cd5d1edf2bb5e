"""Runs the program as `python -m salestrack`."""

from salestrack.cli import main

main()

"""Sessions anyone can read: `$ salestrack ...` and below it exactly what it prints, played in this process.

A session file holds steps and remarks (lines that begin with `# ` after an empty line). A Markdown page holds steps in
its ```console fences; `<!-- on 2026-03-18T14:30 -->` sets the clock for what follows.
"""

import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from salestrack.cli import program

ROOT = Path(__file__).parents[1]
HOME = "/home/sam"
NOW = "2026-03-18T14:30"  # a Wednesday
ENVIRONMENT = {"USER": "sam", "COLUMNS": "80", "LANG": "C.UTF-8"}

_PARTS = re.compile(r"<!-- on (?P<now>\S+) -->|^```console\n(?P<steps>.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """One command line, what it prints, and the empty lines and remarks that follow."""

    command: str
    output: str
    rest: str = ""


class Shell:
    """A person's home folder with a book of its own, and a clock that stands still."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._environment = {**ENVIRONMENT, "HOME": str(home), "PATH": os.environ["PATH"], "SALESTRACK_TODAY": NOW}
        if not (home / "examples").exists():
            (home / "examples").symlink_to(ROOT / "examples")

    def set(self, name: str, value: str) -> None:
        """Set a variable of the environment for the commands that follow."""
        self._environment[name] = value

    def run(self, command: str) -> str:
        """Return what a command line prints, errors where they come, and `[exit 4]` when it does not end well."""
        name, *words = shlex.split(command)
        if name == "export":
            for word in words:
                self.set(*word.split("=", 1))
            return ""
        if name != "salestrack":
            raise ValueError(f"a session knows salestrack and export, not {name}")
        with self._inside() as printed:
            code = program().main(words, prog_name="salestrack")
        text = printed.getvalue().replace(str(self._home), HOME)
        return text + (f"[exit {code}]\n" if code else "")

    @contextmanager
    def _inside(self) -> Iterator[io.StringIO]:
        printed = io.StringIO()
        with (
            mock.patch.dict(os.environ, self._environment, clear=True),
            mock.patch.object(sys, "stdin", io.StringIO()),
            redirect_stdout(printed),
            redirect_stderr(printed),
            chdir(self._home),
        ):
            yield printed


def read(text: str) -> tuple[str, list[Step]]:
    """Return what stands before the first step, and the steps."""
    head, *bodies = re.split(r"^\$ ", text, flags=re.MULTILINE)
    return head, [_step(body) for body in bodies]


def write(head: str, steps: list[Step]) -> str:
    """Return the text of a session: what `read` took apart."""
    return head + "".join(f"$ {step.command}\n{step.output}{step.rest}" for step in steps)


def played(text: str, shell: Shell) -> str:
    """Return a session with what its commands print now."""
    head, steps = read(text)
    return write(head, [step._replace(output=shell.run(step.command)) for step in steps])


def played_page(text: str, shell: Shell) -> str:
    """Return a Markdown page with what the commands in its sessions print now."""

    def replace(part: re.Match[str]) -> str:
        if part["now"]:
            shell.set("SALESTRACK_TODAY", part["now"])
            return part[0]
        return f"```console\n{played(part['steps'], shell)}```"

    return _PARTS.sub(replace, text)


def pages() -> list[Path]:
    """Return the Markdown pages of the project, whose sessions must be true."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def _step(body: str) -> Step:
    command, _, below = body.partition("\n")
    remark = re.search(r"^\n+# ", below, re.MULTILINE)
    output = below[: remark.start()] if remark else below
    kept = output.rstrip("\n")
    kept += "\n" if kept else ""
    return Step(command, kept, below[len(kept) :])

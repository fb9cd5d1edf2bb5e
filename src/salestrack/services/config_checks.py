"""What is wrong with a config file and the environment, and what the environment overrides."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from salestrack import config
from salestrack.errors import UsageError

PREFIX = "SALESTRACK_"


class Checked(NamedTuple):
    """What a check came to: rows of where, line, problem and hint; and what is worth knowing beside."""

    rows: list[dict[str, Any]]
    notes: list[str]


def check(path: Path, environ: Mapping[str, str] = os.environ) -> Checked:
    """Check a config file and the environment; a file that is not there has nothing wrong in it."""
    rows, notes, values = _of_file(path)
    for name, key in config.KEYS.items():
        if not (given := environ.get(key.variable)):
            continue
        try:
            config.typed(name, given, key.variable)
        except UsageError as error:
            rows.append(_row(key.variable, None, f"{given!r} will not do", error.hint))
        said = f", which the file sets to {values[name]}" if name in values else ""
        notes.append(f"{key.variable} comes before {name}{said}")
    return Checked(rows + _strangers(environ), notes)


def _of_file(path: Path) -> tuple[list[dict[str, Any]], list[str], dict[str, Any]]:
    values: dict[str, Any] = {}
    try:
        text = config.text_of(path)
    except UsageError as error:
        return [_row(str(path), None, error.message, None)], [], values
    if text is None:
        return [], [f"there is no config file at {path}, and every setting has its default"], values
    wrong = config.problems(text, values)
    rows = [_row(str(path), each.line, each.text, each.hint) for each in wrong]
    notes = []
    if (book := values.get("book")) and "://" not in book and not Path(book).expanduser().exists():
        notes.append(f"there is no book at {book} yet: salestrack init makes one")
    return rows, notes, values


def _strangers(environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the variables that look like ours and are read by nobody."""
    known = [key.variable for key in config.KEYS.values()] + list(config.VARIABLES)
    rows = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known and (near := get_close_matches(name, known, n=1, cutoff=0.8)):
            rows.append(_row(name, None, "nothing reads this variable", f"did you mean {near[0]}?"))
    return rows


def _row(where: str, line: int | None, problem: str, hint: str | None) -> dict[str, Any]:
    return {"where": where, "line": line, "problem": problem, "hint": hint}

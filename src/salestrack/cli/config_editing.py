"""The config file in an editor: a draft is edited, and takes the file's place only when nothing in it is wrong."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import typer

from salestrack import config
from salestrack.errors import SalestrackError, UsageError
from salestrack.services.answers import Ask


def edit_file(path: Path, ask: Ask | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Open a copy of the config file in $VISUAL or $EDITOR and put it in place; say whether it was changed.

    What is wrong in it is shown, and at a terminal it can be edited again. UsageError without an editor, or when wrong
    text was given up; the file stays as it was then.
    """
    editor = _editor(environ, at_terminal=ask is not None)
    before = config.text_of(path)
    with tempfile.TemporaryDirectory(prefix="salestrack-") as folder:
        draft = Path(folder) / "config.toml"
        draft.write_text(config.template(environ) if before is None else before, encoding="utf-8")
        while True:
            text = _edited(editor, draft)
            wrong = config.problems(text, {})
            if not wrong:
                break
            for each in wrong:
                typer.echo(f"line {each.line or '?'}: {each.text}{f'; {each.hint}' if each.hint else ''}", err=True)
            if ask is None or not ask.confirm("Edit it again?"):
                raise UsageError(f"{path} was left as it was: what you wrote cannot be used")
    if text == before:
        return False
    config.write(path, text)
    return True


def _editor(environ: Mapping[str, str], *, at_terminal: bool) -> list[str]:
    command = environ.get("VISUAL") or environ.get("EDITOR") or ("vi" if at_terminal else "")
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise UsageError("there is no editor to open", hint="say which: export EDITOR=nano")
    return words


def _edited(editor: list[str], draft: Path) -> str:
    try:
        code = subprocess.run([*editor, str(draft)], check=False).returncode
    except OSError as error:
        raise UsageError(f"cannot start the editor {editor[0]}: {error.strerror}", hint="export EDITOR=nano") from error
    if code:
        raise SalestrackError(f"the editor {editor[0]} ended with {code}; nothing was changed")
    try:
        return draft.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("what the editor saved is not UTF-8 text; nothing was changed") from error

"""The config file in an editor: a draft is edited, and takes the file's place only when nothing in it is wrong."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import typer

from salestrack import config
from salestrack.cli.editor import editor_command, opened
from salestrack.errors import UsageError
from salestrack.services.answers import Ask


def edit_file(path: Path, ask: Ask | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Open a copy of the config file in $VISUAL or $EDITOR and put it in place; say whether it was changed.

    What is wrong in it is shown, and at a terminal it can be edited again. UsageError without an editor, or when wrong
    text was given up; the file stays as it was then.
    """
    editor = editor_command(environ, at_terminal=ask is not None)
    before = config.text_of(path)
    with tempfile.TemporaryDirectory(prefix="salestrack-") as folder:
        draft = Path(folder) / "config.toml"
        draft.write_text(config.template(environ) if before is None else before, encoding="utf-8")
        while True:
            text = opened(editor, draft)
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

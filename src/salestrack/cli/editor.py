"""Records in the person's own editor, as TOML: opened, read back, and written unless somebody was quicker."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from salestrack.cli.context import Context
from salestrack.domain.refs import Ref
from salestrack.errors import RuleError, SalestrackError, UsageError
from salestrack.services.answers import Answer
from salestrack.services.edits import document
from salestrack.services.edits.fields import Given
from salestrack.services.edits.running import Plan, carry_out

FALLBACKS = ("sensible-editor", "nano", "vi")


def edit_in_editor(run: Context, refs: Sequence[Ref], *, on: date, correct: bool, yes: bool) -> None:
    """Open records in the person's editor and write what was changed there.

    What cannot be written is shown, and at a terminal the person may edit again; given up, the text stays in a file
    that the error names. Raises UsageError without an editor, RuleError when somebody changed a record meanwhile.
    """
    editor = editor_command(at_terminal=run.ask is not None)
    records = [document.load(run.store, ref, run.config.decimal) for ref in refs]
    before = document.write(run.store, records, about=_about(on, run.today, correct=correct))
    draft = _draft(before)
    while (text := _edited(editor, draft, before)) != before:
        try:
            answer = _written(run, text, records, Plan((), on, correct), yes=yes)
        except SalestrackError as error:
            if run.ask and not isinstance(error, _MeanwhileError) and run.ask.confirm(f"{_line(error)}\nEdit again?"):
                continue
            _keep(error, draft)
            raise
        break
    else:
        answer = None
    draft.unlink()
    run.say(answer) if answer else run.remark("nothing was changed")


def editor_command(environ: Mapping[str, str] = os.environ, *, at_terminal: bool) -> list[str]:
    """Return the words that start the person's editor: $VISUAL, $EDITOR, else at a terminal one that is there."""
    command = environ.get("VISUAL") or environ.get("EDITOR") or ""
    if not command and at_terminal:
        command = next((name for name in FALLBACKS if shutil.which(name)), "")
    try:
        words = shlex.split(command)
    except ValueError:
        raise UsageError(f"the editor '{command}' cannot be read: a quote is not closed") from None
    if not words:
        raise UsageError("there is no editor to open", hint="say which: export EDITOR=nano")
    return words


def opened(editor: Sequence[str], file: Path) -> str:
    """Open a file in an editor, wait for its end, and return what it holds then.

    Raises SalestrackError when the editor cannot be started or does not end well.
    """
    try:
        code = subprocess.run([*editor, str(file)], check=False).returncode
    except OSError as error:
        raise UsageError(f"cannot start the editor {editor[0]}: {error.strerror}", hint="export EDITOR=nano") from error
    if code:
        raise SalestrackError(f"the editor {editor[0]} ended with {code}; nothing was changed")
    if not file.exists():
        raise SalestrackError(f"the editor {editor[0]} left no file; nothing was changed", hint="save it and close")
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("what the editor saved is not UTF-8 text; nothing was changed") from error


class _MeanwhileError(RuleError):
    """Somebody changed a record while it was open: editing the same text again would overwrite that."""


def _written(run: Context, text: str, records: Sequence[document.Loaded], plan: Plan, *, yes: bool) -> Answer | None:
    """Write what differs in a text from the records; return None where nothing does."""
    steps = document.read(text, records, Given(run.store, run.words, run.config.decimal))
    if not steps:
        return None
    check = partial(_check, run, [loaded for loaded in records if loaded.ref in {ref for ref, _ in steps}])
    return carry_out(run.store, plan._replace(steps=steps, check=check), ask=run.ask, yes=yes)


def _check(run: Context, records: Sequence[document.Loaded]) -> None:
    try:
        document.refuse_meanwhile(run.store, records, run.config.decimal)
    except RuleError as error:
        raise _MeanwhileError(error.message, hint=error.hint) from None


def _edited(editor: Sequence[str], draft: Path, before: str) -> str:
    try:
        return opened(editor, draft)
    except SalestrackError as error:
        if draft.exists() and draft.read_bytes() != before.encode():
            _keep(error, draft)
        else:
            draft.unlink(missing_ok=True)
        raise


def _keep(error: SalestrackError, draft: Path) -> None:
    where = f"what you wrote is kept in {draft}"
    error.hint = f"{error.hint} ({where})" if error.hint else where


def _draft(text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix="salestrack-", suffix=".toml")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)


def _about(on: date, today: date, *, correct: bool) -> str | None:
    if correct:
        return "What is changed here was always so: the history is rewritten from the start."
    return None if on == today else f"What is changed here is so since {on}."


def _line(error: SalestrackError) -> str:
    return f"salestrack: {error.message}{f' ({error.hint})' if error.hint else ''}"

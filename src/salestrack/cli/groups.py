"""Groups whose commands are a table: a command's module is loaded only when it is called, and errors end here."""

import importlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from salestrack.cli.spelling import spelled
from salestrack.errors import SalestrackError, UsageError

GLOBAL_FLAGS = frozenset({"-q", "--quiet", "--no-input", "--debug"})
FREE_TEXT = frozenset({"NOTE", "WHAT", "TITLE", "TEXT"})
"""Arguments that may hold a word like -x."""
TAKES_MONEY = frozenset({"sell", "refund", "won"})
# What another number that looks like an option was meant for.
NUMBERS = {
    "deal add": "amounts are positive",
    "product add": "prices are positive",
    "quota set": "targets are positive",
    "rate set": "rates are positive",
    "plan": "planning looks ahead: +2d, +1w",
    "push": "planning looks ahead: +2d, +1w",
    "snooze": "planning looks ahead: +2d, +1w",
    "follow-up add": "a step follows later: +2d, +1w, +3wd",
    "score add": "put -- before points that are taken away: salestrack score add WHAT -- {word}",
}
GLOBAL_VALUES = frozenset({"--db", "--config", "--today", "--color", "--wait"})


class Entry(NamedTuple):
    """One command: where its function is ("module:function"), its help line, or the verbs of a noun."""

    target: str
    help: str
    verbs: "dict[str, Entry] | None" = None
    alias: str | None = None


class Table(TyperGroup):
    """A group that knows its commands by a table of entries."""

    entries: dict[str, Entry]
    sections: dict[str, tuple[str, ...]]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the help when a noun stands without a verb."""
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the table's order."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one command, by its name or its fixed alias."""
        name = cmd_name
        if name not in self.entries:
            name = next((known for known, entry in self.entries.items() if entry.alias == cmd_name), "")
        entry = self.entries.get(name)
        if entry is None:
            return None
        if entry.verbs and entry.target:
            return Either.of(load(name, entry), noun(name, entry))
        return noun(name, entry) if entry.verbs else load(name, entry)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first word names; UsageError with the likeliest one otherwise."""
        if args and not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None and args[0][:1] != "-":
            near = get_close_matches(args[0], self.entries, n=1)
            hint = f"did you mean {near[0]}?" if near else f"{ctx.command_path} --help lists the commands"
            raise UsageError(f"there is no command '{args[0]}'", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the help lines from the table, section by section, without loading a command."""
        for title, names in self.sections.items():
            rows = [
                (f"{name}, {entry.alias}" if entry.alias else name, entry.help)
                for name in names
                if (entry := self.entries[name])
            ]
            with formatter.section(title):
                formatter.write_dl(rows)


class Either(Table):
    """A command of its own that has verbs too: `import FILE`, and `import list`. A file called like a verb is ./list."""

    own: Any
    group: Table

    @classmethod
    def of(cls, command: Any, verbs: Table) -> "Either":
        """Make one of a command and the group of its verbs."""
        both = cls(name=command.name, help=command.help, params=command.params, rich_markup_mode=None)
        both.own, both.entries, both.sections = command, verbs.entries, verbs.sections
        both.context_settings = verbs.context_settings
        both.group = verbs
        lines = [f"{command.name} {verb}: {entry.help}" for verb, entry in verbs.entries.items()]
        command.epilog = "\n\n".join(("Also:", *lines))
        return both

    def make_context(self, info_name: Any, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Hand the words to the verb that they begin with, else to the command itself."""
        chosen = self.group if args and args[0] in self.entries else self.own
        return chosen.make_context(info_name, args, parent=parent, **extra)


class Commands(Table):
    """The program: the boundary where every error becomes one line on stderr and an exit code."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> int:
        """Run a command line and return its exit code."""
        words = hoisted(list(sys.argv[1:] if args is None else args))
        try:
            code = super().main(words, *rest, **{**extra, "standalone_mode": False})
        except SalestrackError as error:
            return report(error, words)
        except typer.TyperException as error:
            return report(_usage(error, words), words)
        except (typer.Abort, KeyboardInterrupt):
            return 130
        except (BrokenPipeError, SystemExit):  # Typer exits by itself where a pipe is closed
            return _pipe_closed()
        except OSError as error:
            return report(SalestrackError(f"the answer could not be written: {error.strerror or error}"), words)
        except Exception as error:
            if "--debug" in words:
                raise
            return report(
                SalestrackError(f"unexpected: {type(error).__name__}: {error}", hint="--debug shows where"),
                words,
            )
        return code if isinstance(code, int) else 0


def hoisted(words: list[str]) -> list[str]:
    """Return the words with the global options first, from wherever before `--` they stand."""
    front, rest = [], []
    position = 0
    while position < len(words):
        word = words[position]
        if word == "--":
            rest += words[position:]
            break
        if word in GLOBAL_VALUES and position + 1 < len(words):
            front += words[position : position + 2]
            position += 2
            continue
        (front if word in GLOBAL_FLAGS or word.partition("=")[0] in GLOBAL_VALUES else rest).append(word)
        position += 1
    return front + rest


def load(name: str, entry: Entry) -> Any:
    """Fetch a command's function from its module and make it a command of this name."""
    module, _, function = entry.target.partition(":")
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.command(name, context_settings={"help_option_names": ["-h", "--help"]})(
        getattr(importlib.import_module(f"salestrack.cli.{module}"), function)
    )
    command = typer.main.get_command(app)
    command.name = name
    return command


def noun(name: str, entry: Entry) -> Table:
    """Make the group of a noun's verbs."""
    group = Table(
        name=name,
        help=entry.help,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    group.entries = entry.verbs or {}
    group.sections = {"Commands": tuple(group.entries)}
    return group


def report(error: SalestrackError, words: Sequence[str]) -> int:
    """Print an error as one line and a hint, or as JSON where JSON was asked for; return its exit code."""
    if _wants_json(words):
        from salestrack.render.formats import error_json

        typer.echo(error_json(error).rstrip("\n"), err=True)
    else:
        typer.echo(spelled(f"salestrack: {_in_style(error.message, words)}"), err=True)
        if error.hint:
            typer.echo(spelled(f"hint: {error.hint}"), err=True)
    return error.exit_code


def _in_style(message: str, words: Sequence[str]) -> str:
    """Return a message with the amounts in it written as the person does, whose settings these words call for."""
    said = getattr(message, "said", None)  # of a sentence with amounts, which are fetched with their modules by then
    if said is None:
        return message
    from salestrack import config
    from salestrack.domain.money import NumberStyle

    given = [word.removeprefix("--config=") for word in words if word.startswith("--config=")]
    given += [following for word, following in pairwise(words) if word == "--config"]
    with suppress(SalestrackError):
        return str(said(NumberStyle(config.load(given[0] if given else None).decimal)))
    return message


def _wants_json(words: Sequence[str]) -> bool:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in {"-f", "--format"} and following in {"json", "jsonl"}:
            return True
        if word in {"-fjson", "-fjsonl", "--format=json", "--format=jsonl"}:
            return True
        if word in {"-o", "--output"} and following.endswith((".json", ".jsonl")):
            return True
    return False


def _usage(error: typer.TyperException, words: Sequence[str]) -> UsageError:
    ctx = getattr(error, "ctx", None)
    if type(error).__name__ == "NoSuchOption":
        return _unknown_option(error, words, ctx.command_path.partition(" ")[2] if ctx else "")
    return UsageError(_sentence(error.format_message()), hint=f"{ctx.command_path} --help shows how" if ctx else None)


def _unknown_option(error: typer.TyperException, words: Sequence[str], command: str) -> UsageError:
    # The parser names only the letter that it stumbled over: -5 of -50.
    name = str(getattr(error, "option_name", ""))
    word = next((word for word in words if word.startswith(name)), name)
    hint = f"{f'salestrack {command}'.strip()} --help shows the options"
    params = getattr(getattr(getattr(error, "ctx", None), "command", None), "params", ())
    if any(getattr(one, "nargs", 1) == -1 and str(one.metavar).strip("[].") in FREE_TEXT for one in params):
        hint = f"if '{word}' belongs to a note, put -- before the note"
    if word[1:2].isdigit() and command in TAKES_MONEY:
        hint = "amounts are positive; money is given back with: salestrack refund SALE AMOUNT"
    elif word[1:2].isdigit() and command in NUMBERS:
        hint = NUMBERS[command].format(word=word)
    elif near := get_close_matches(name, getattr(error, "possibilities", None) or (), n=1, cutoff=0.7):
        hint = f"did you mean {near[0]}?"
    return UsageError(f"there is no option {word}", hint=hint)


def _sentence(message: str) -> str:
    text = " ".join(message.split()).removesuffix(".")
    return text[:1].lower() + text[1:]


def _pipe_closed() -> int:
    # What reads our output has seen enough; nothing may be written to it while the interpreter shuts down.
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0

"""completion, and what the scripts it prints ask for while a word is typed.

What a command takes is read from its own declaration: an option by its name, else by its metavar; an argument by its
metavar. So a new command is completed as soon as it is declared.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from salestrack import config
from salestrack.errors import UsageError
from salestrack.services.completion import Typed, fitting, offered
from salestrack.store.completion import Pair, open_shelf

SHELLS = ("bash", "zsh", "fish")
FILES = "file"  # no words of ours: the shell's own completion of files
# What an option takes, whatever command it is of.
OPTIONS = {
    "--owner": "owner", "--customer": "who", "--source": "source", "--segment": "segment", "--product": "product",
    "--channel": "channel", "--stage": "stage", "--pipeline": "pipeline", "--kind": "kind", "--next-kind": "kind",
    "--after": "kind", "--tag": "tag", "--untag": "tag", "--deal": "deal", "--outcome": "any outcome", "--reason": "reason",
    "--contact": "contact", "--country": "country", "--field": "field", "--by": "dimension", "--vs": "compared",
    "--currency": "currency", "--config": FILES, "--db": FILES, "--rejects": FILES, "--color": "color", "--basis": "basis",
    "--metric": "metric", "--per": "unit", "--decimal": "mark", "--date-order": "order", "--every": "repeating",
    "--direction": "direction", "--output": FILES, "--format": "format", "--period": "period", "--to": "owner",
    "--as": "import kind", "--on-conflict": "on conflict", "--new": "creatable",
}  # fmt: skip
# What an argument or option takes by its metavar, brackets and dots aside.
METAVARS = {
    "WHO": "who", "DEAL": "deal", "STAGE": "stage", "KIND": "kind", "REASON": "reason", "TAG": "tag", "OWNER": "owner",
    "PIPELINE": "pipeline", "OUTCOME": "outcome", "PRODUCT": "product", "P": "product", "CUSTOMER": "customer",
    "CONTACT": "contact", "ACTIVITY": "planned", "SALE": "sale", "QUOTA": "quota", "REF": "reference", "OP": "operation",
    "FILE": FILES, "DEST": FILES, "PATH": FILES, "FORMAT": "format", "DATE": "future", "WHEN": "past", "PERIOD": "period",
    "CUR": "currency", "CODE": "currency", "RECORD": "record", "TYPE": "type", "SETTING": "setting", "VALUE": "value",
    "SHELL": "shell", "AFTER": "what follows", "WAIT": "wait", "HOW-OFTEN": "repeating", "FIELD": "own field",
    "NxP@PRICE": "product",
}  # fmt: skip
# Where a command means something else by a word than the others do.
EXCEPTIONS = {
    ("report", "NAME"): "report", ("reopen", "DEAL"): "closed deal", ("deal edit", "DEAL"): "any deal",
    ("activity edit", "ACTIVITY"): "activity", ("customer merge", "KEEP"): "customer",
    ("customer merge", "OTHER"): "customer", ("contact merge", "KEEP"): "contact", ("contact merge", "OTHER"): "contact",
    ("deal merge", "KEEP"): "deal", ("deal merge", "OTHER"): "deal", ("find", "--kind"): "", ("field edit", "NAME"): "own field",
    ("field rm", "NAME"): "own field", ("kind add", "NAME"): "", ("sell", "--ref"): "", ("sale edit", "--ref"): "",
    ("edit", "--ref"): "", ("customer add", "--kind"): "", ("customer edit", "--kind"): "", ("import", "--date-format"): "",
    ("rate rm", "DATE"): "past", ("today", "--as-of"): "past", ("report", "--as-of"): "past", ("import", "--new"): "creatable",
    ("move", "STAGE"): "stage of deal", ("deal edit", "--stage"): "stage of deal", ("score add", "WHAT"): "trait",
    ("snooze", "REF"): "snoozable",
    ("report", "--within"): "", ("import", "--source"): "", ("import", "--currency"): "currency",
}  # fmt: skip


class Place(NamedTuple):
    """Where the word being typed stands: the command there, its path, what stands before, and what the word is of.

    `parameter` is the option or argument whose value the word is, None where a command's name or an option may stand.
    """

    command: Any
    path: tuple[str, ...]
    before: tuple[str, ...]
    parameter: Any | None
    word: str
    lead: str = ""
    """What the word begins with that is no part of the value: `--owner=`."""


def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.", show_default=False)],
) -> None:
    """Print the script that completes commands, names and ids in your shell.

    bash: eval "$(salestrack completion bash)" in ~/.bashrc. zsh: the same with zsh, after compinit, in ~/.zshrc.
    fish: salestrack completion fish > ~/.config/fish/conf.d/salestrack.fish
    """
    if shell not in SHELLS:
        raise UsageError(f"there is no completion for '{shell}'", hint=f"one of: {', '.join(SHELLS)}")
    from importlib.resources import files

    typer.echo((files("salestrack.cli") / "completions" / f"salestrack.{shell}").read_text(encoding="utf-8"), nl=False)


def answer(words: Sequence[str]) -> int:
    """Print what fits a word for a shell's script; whatever goes wrong, nothing is printed and nothing is said."""
    out = sys.stdout
    try:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - open as long as the process
        text = _answered(words)
        out.write(text)
        out.flush()
    except BaseException:  # a shell in the midst of a line is no place for an error
        return 1
    return 0


def _answered(words: Sequence[str]) -> str:
    shell, *rest = words
    if shell == "bash":
        from salestrack.cli.bash_words import Line

        line = Line.parse(*rest)
        kind, pairs = candidates(line.words[1:])
        return line.answer(kind == FILES, pairs)
    kind, pairs = candidates(rest)
    if kind == FILES:
        return ":files\n"
    return "".join(f"{word}\t{' '.join(what.split())}\n" for word, what in pairs)


def candidates(words: Sequence[str]) -> tuple[str, list[Pair]]:
    """Return of what kind the last word is, and what it may become, given the words from the program's name on."""
    from salestrack.cli import program

    top = program()
    place = find(top, words)
    if place.parameter is None:
        return "", fitting(_names(top, place), place.word)
    kind = kind_of(place.path, place.parameter)
    if kind in {"", FILES}:
        return kind, []
    if "|" in kind:
        return kind, fitting([(word, "") for word in kind.split("|")], place.word)
    with open_shelf(_book(words)) as shelf:
        pairs = offered(kind, shelf, Typed(place.word, place.before))
    return kind, [(place.lead + word, what) for word, what in pairs]


def find(top: Any, words: Sequence[str]) -> Place:
    """Return where the last word stands."""
    command, path = top, tuple[str, ...]()
    values: list[str] = []
    waiting, closed = None, False
    *before, word = words
    for each in before:
        if waiting is not None:
            waiting = None
        elif each == "--" and not closed:
            closed = True
        elif each.startswith("-") and each != "-" and not closed:
            waiting = _taking(top, command, each)
        elif hasattr(command, "own") and each not in command.entries:  # a file, for a command that has verbs too
            command = command.own
            values.append(each)
        elif hasattr(command, "entries"):
            name, command = _below(command, each)
            path = (*path, name)
        else:
            values.append(each)
    place = Place(command, path, tuple(values), waiting, word)
    if waiting is not None:
        return place
    if word.startswith("-") and not closed:
        return _option(top, place)
    if hasattr(command, "own"):
        command = command.own
        place = place._replace(command=command)
    return place if hasattr(command, "entries") else place._replace(parameter=_argument(command, len(values)))


def kind_of(path: Sequence[str], parameter: Any) -> str:
    """Return what a parameter takes: a kind of word, FILES, a choice like `in|out`, or nothing that can be offered."""
    metavar = (parameter.metavar or "").replace("...", "").replace("[", "").replace("]", "")
    name, command = max(parameter.opts, key=len), " ".join(path)
    for key in ((command, name), (command, metavar)):
        if key in EXCEPTIONS:
            return EXCEPTIONS[key]
    if name in OPTIONS and metavar.upper() not in {"TEXT", "NAME"}:
        return OPTIONS[name]
    if metavar in METAVARS:
        return METAVARS[metavar]
    first = metavar.partition("|")[0]
    return METAVARS.get(first, "") if "|-" in metavar else metavar if "|" in metavar else ""


def _option(top: Any, place: Place) -> Place:
    """Return the place of a word that begins like an option: its name, or its value after the sign of equality."""
    name, equals, value = place.word.partition("=")
    if not equals:
        return place
    return place._replace(parameter=_taking(top, place.command, name), word=value, lead=f"{name}=")


def _taking(top: Any, command: Any, word: str) -> Any | None:
    """Return the option that a word names when its value is the next word."""
    if "=" in word:
        return None
    for parameter in (*command.params, *top.params):
        if word in (*parameter.opts, *parameter.secondary_opts):
            return None if getattr(parameter, "is_flag", False) or getattr(parameter, "count", False) else parameter
    return None


def _argument(command: Any, count: int) -> Any | None:
    """Return the argument that a word would be after so many others."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    for parameter in arguments:
        if count == 0 or parameter.nargs == -1:
            return parameter
        count -= 1
    return None


def _below(command: Any, word: str) -> tuple[str, Any]:
    found = command.get_command(None, word)
    if found is None:
        raise UsageError(f"there is no command '{word}'")
    return found.name, found


def _names(top: Any, place: Place) -> list[Pair]:
    """Return the commands or options that may stand at a place."""
    if not place.word.startswith("-"):
        entries = getattr(place.command, "entries", {})
        return [(name, entry.help) for name, entry in entries.items()]
    parameters = [*place.command.params, *(top.params if place.command is not top else ())]
    found = [
        (option, getattr(each, "help", None) or "")
        for each in parameters
        if each.param_type_name == "option" and not getattr(each, "hidden", False)
        for option in each.opts
        if option.startswith("--") or place.word == option
    ]
    return [*found, ("--help", "Show what the command does and takes.")]


def _book(words: Sequence[str]) -> Path:
    """Return the book that the command line means: --db, else the environment, else the config file."""
    given: dict[str, str] = {}
    for place, word in enumerate(words[:-1]):
        name, equals, value = word.partition("=")
        if name in {"--db", "--config"}:
            given[name] = value if equals else words[place + 1]
    path = given.get("--db") or config.load(given.get("--config")).book
    return Path(path).expanduser() if path else config.default_book()

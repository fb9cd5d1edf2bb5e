"""What every command is handed: settings, the book, today, and the ways to answer. The clock is read here alone."""

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from salestrack import config
from salestrack.cli.blank import refuse_blank
from salestrack.cli.spelling import spelled
from salestrack.domain.dates import Words
from salestrack.domain.money import NumberStyle
from salestrack.domain.sentences import said
from salestrack.domain.texts import plain
from salestrack.errors import BookError, UsageError
from salestrack.services.answers import Answer, Ask
from salestrack.store import Actor, Store, open_store

if TYPE_CHECKING:
    from salestrack.cli.output import Output
    from salestrack.render.document import Document
    from salestrack.render.formats import Screen


class Options(NamedTuple):
    """The global options of one command line."""

    db: str | None = None
    config: str | None = None
    today: str | None = None
    color: str | None = None
    wait: float | None = None
    quiet: bool = False
    no_input: bool = False
    debug: bool = False


class Context:
    """One run of the program."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._stores: list[Store] = []
        self._noticed: list[str] = []
        self.all_or_nothing = False
        """Whether the command is in the midst of what will be there whole or, when it is interrupted, not at all."""

    @cached_property
    def config(self) -> config.Config:
        """The person's settings."""
        refuse_blank("--config", self.options.config)
        return config.load(self.options.config)

    @cached_property
    def now(self) -> datetime:
        """The moment of this run: the clock's, or what --today says."""
        given = self.options.today or self.config.today
        if not given:
            return datetime.now()
        return _moment(given)

    @property
    def time(self) -> time | None:
        """The time of day of this run; None when --today named only a day."""
        given = self.options.today or self.config.today
        return None if given and len(given) <= len("2026-03-18") else self.now.time()

    @property
    def today(self) -> date:
        """The day of this run."""
        return self.now.date()

    @cached_property
    def words(self) -> Words:
        """What words for dates and periods hang on."""
        book = self.reader.settings.book
        order: Any = self.config.date_order
        return Words(self.today, book.week_start, order, book.fiscal_start, remark=self._noticed.append)

    @cached_property
    def path(self) -> str:
        """Where the book is: --db, else the environment, else the config file, else the user's data folder."""
        refuse_blank("--db", self.options.db)
        return self.options.db or self.config.book or str(config.default_book())

    @property
    def wait(self) -> float:
        """How many seconds to wait for a book in use: --wait, else the environment, else the config file."""
        return self.config.wait if self.options.wait is None else self.options.wait

    @cached_property
    def store(self) -> Store:
        """The book, to write."""
        return self._opened("write")

    @cached_property
    def reader(self) -> Store:
        """The book, to read; the writable one when that is open already."""
        return self.__dict__["store"] if "store" in self.__dict__ else self._opened("read")

    @property
    def is_terminal(self) -> bool:
        """Say whether a person sits there who can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.options.no_input

    @cached_property
    def ask(self) -> Ask | None:
        """The way to put a question, None where nobody would answer."""
        if not self.is_terminal:
            return None
        from salestrack.cli.asking import Terminal

        return Terminal()

    @cached_property
    def actor(self) -> Actor:
        """Who writes."""
        return Actor(self.config.user, sys.stdin.isatty() and sys.stdout.isatty(), lambda: self.now)

    @cached_property
    def owner_id(self) -> int | None:
        """The owner of what is recorded here: the config's, else the book's."""
        if self.config.owner:
            return self.store.owners.resolve(self.config.owner)
        return self.store.settings.book.owner_id

    def owned_by(self, text: str | None) -> int | None:
        """Return the owner that an option names, else the one of what is recorded here."""
        return self.store.owners.resolve(text) if text is not None else self.owner_id

    def say(self, answer: Answer) -> None:
        """Print the one line on what was done, and remarks on stderr."""
        line = spelled(answer.line(NumberStyle(self.config.decimal)))
        if not self.options.quiet:
            _echo_done(line)
        self.remark(*answer.notes, *dict.fromkeys(self._noticed))

    def remark(self, *notes: str) -> None:
        """Print remarks that are no data."""
        for note in notes:
            if not self.options.quiet:
                typer.echo(spelled(f"note: {said(note, NumberStyle(self.config.decimal))}"), err=True)

    def advise(self, hint: str) -> None:
        """Print what one might do next."""
        if not self.options.quiet:
            typer.echo(spelled(f"hint: {hint}"), err=True)

    def show(self, document: "Document", output: "Output") -> None:
        """Print a document in the format and to the place that were asked for."""
        from salestrack.cli.output import show

        replaced = show(document, output, config=self.config, color=self.options.color)
        if output.file not in {None, "-"}:
            self.remark(f"{'replaced' if replaced else 'wrote'} {output.file}")

    def screen(self) -> "Screen":
        """Return what the terminal can show."""
        from salestrack.cli.output import screen_of

        return screen_of(self.config, self.options.color)

    def close(self) -> None:
        """Let go of the book; who interrupts it is told what stands in it all the same, or that nothing does."""
        interrupted = sys.exc_info()[0] is KeyboardInterrupt
        nothing = interrupted and self.all_or_nothing and not self.options.quiet
        for store in self._stores:
            if interrupted and (op := store.journal.written):
                typer.echo(f"salestrack: interrupted, but o{op} is in the book already", err=True)
                self.advise(f"salestrack undo o{op} takes it back")
                nothing = False
            store.close()
        if nothing:
            typer.echo("salestrack: interrupted; nothing was written", err=True)

    def _opened(self, mode: str) -> Store:
        try:
            store = open_store(self.path, self.actor, mode=mode, wait=self.wait)
        except BookError as error:
            if mode == "read" and error.hint and "init" in error.hint:
                error.hint += "; salestrack demo shows one with sample data"
            raise
        self._stores.append(store)
        return store


def _echo_done(line: str) -> None:
    """Print what was done. It stands in the book by now: a full disk behind stdout must not look like a failure."""
    try:
        typer.echo(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        typer.echo(f"salestrack: done, but the answer could not be printed ({error.strerror}): {line}", err=True)
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - what is still buffered goes nowhere


def _moment(text: str) -> datetime:
    """Read --today: a day, or a day with a time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today '{text}' is not a date", hint="write 2026-03-18, or 2026-03-18T14:30") from None
    return moment.replace(tzinfo=None)


def run_of(ctx: typer.Context) -> Context:
    """Return the run that a command belongs to."""
    return ctx.ensure_object(Context)


def joined(words: Sequence[str] | None, *, ask: bool = True) -> str | None:
    """Return the words of a note as one text, None when there are none; a single `-` reads standard input."""
    if not words:
        return None
    if list(words) == ["-"] and ask:
        if sys.stdin.isatty():
            typer.echo("Note (end with Ctrl-D):", err=True)
        return plain(sys.stdin.read()).strip() or None
    return plain(" ".join(words)).strip() or None

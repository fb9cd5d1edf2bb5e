"""What may be edited on a kind of record: how each field is read from a text, and what it is now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from salestrack.domain.dates import Words, format_day, parse_future, parse_moment, parse_past
from salestrack.domain.lines import parse_percent
from salestrack.domain.money import Money, parse_amount
from salestrack.domain.names import clean
from salestrack.domain.periods import Period
from salestrack.errors import UsageError
from salestrack.services.answers import Part
from salestrack.store import Operation, Store

EMPTY = "-"  # what empties a field
LONGEST = 60  # of a text in an answer
MOST_NAMED = 8  # in a hint
Value = str | int | Money | date | Period | None


class Given(NamedTuple):
    """What the texts of a command mean hangs on this: the book, today, the person's decimal mark."""

    store: Store
    words: Words
    decimal: str = "."

    def money(self, text: str, currency: str, what: str) -> Money:
        """Return an amount, in a currency unless the text names another."""
        return parse_amount(text, currency=currency, decimal=self.decimal, what=what)

    def past(self, text: str, what: str) -> date:
        """Return a day that has come."""
        return parse_past(text, self.words, what)

    def future(self, text: str, what: str) -> date:
        """Return a day for which something is planned."""
        return parse_future(text, self.words, what)

    def moment(self, text: str) -> tuple[date, time | None]:
        """Return the day and, where the text says it, the time at which something happened."""
        return parse_moment(text, self.words, None)


class Field(NamedTuple):
    """One field of a kind of record, by the name that options and documents call it.

    read gives the columns that a text sets, get the value as a person reads it. empty holds the columns that `-` sets,
    None where the field may not be empty. hint says in a document what may be written, applies, whether a record has
    it, typed, how it is written there, with a decimal mark,
    where that is not how it is shown.
    """

    name: str
    get: Callable[[Store, Any], Value]
    read: Callable[[Given, Any, str], Mapping[str, Any]]
    empty: Mapping[str, Any] | None
    hint: str | Callable[[Store, Any], str] = ""
    applies: Callable[[Any], bool] = lambda _: True
    typed: Callable[[Any, str], str] | None = None


class Act(NamedTuple):
    """The operation that saves a record, the day as of which it changes, and the columns that were asked for.

    correct: they were so from the start.
    """

    op: Operation
    on: date
    columns: frozenset[str] = frozenset()
    correct: bool = False


class Kind(NamedTuple):
    """How one kind of record is edited. save writes what differs and returns what else is worth saying."""

    letter: str
    noun: str
    fields: tuple[Field, ...]
    get: Callable[[Store, int], Any]
    label: Callable[[Store, Any], str]
    save: Callable[[Store, Any, Any, Act], Sequence[Part]]
    touched: Callable[[Any], tuple[str, ...]]

    def field(self, name: str) -> Field:
        """Return a field by its name; UsageError naming those there are."""
        for field in self.fields:
            if field.name == name:
                return field
        known = ", ".join(field.name for field in self.fields)
        raise UsageError(f"a {self.noun} has no {name}", hint=f"it has: {known}")

    def read(self, given: Given, record: Any, name: str, text: str) -> Mapping[str, Any]:
        """Return the columns that a text sets; UsageError for `-` where the field may not be empty."""
        field = self.field(name)
        if text.strip() != EMPTY:
            return field.read(given, record, text)
        if field.empty is None:
            article = "an" if self.noun[0] in "aeiou" else "a"
            called = {"closed": "closing date"}.get(name, name)
            raise UsageError(f"the {called} of {article} {self.noun} cannot be empty")
        return field.empty


def name_field(what: str, name: str, column: str | None = None) -> Field:
    """Return a field that holds a name: one line, never empty."""
    attribute = column or name
    return Field(
        name, lambda _, record: getattr(record, attribute), lambda _, __, text: {attribute: clean(text, what)}, None
    )


def text_field(name: str, column: str | None = None, *, one_line: bool = True, hint: str = "") -> Field:
    """Return a field that holds a text and may be empty."""
    attribute = column or name
    return Field(
        name,
        lambda _, record: getattr(record, attribute),
        lambda _, __, text: {attribute: clean(text, name) if one_line else _paragraphs(text, name)},
        {attribute: None},
        hint,
    )


def _paragraphs(text: str, name: str) -> str:
    """Return a text of one line or many; UsageError for an empty one, which a variable that is not set would be too."""
    if not text.strip():
        raise UsageError(f"the {name} is empty", hint=f"{EMPTY} takes it away")
    return text.strip()


def owner_field() -> Field:
    """Return the field that says whose a record is."""
    return Field(
        "owner",
        lambda store, record: owner_name(store, record.owner_id),
        lambda given, _, text: {"owner_id": given.store.owners.resolve(text)},
        {"owner_id": None},
        lambda store, _: ", ".join(one.name for one in store.owners.listed()[:MOST_NAMED]),
    )


def owner_name(store: Store, key: int | None) -> str | None:
    """Return the name of an owner by id."""
    return None if key is None else next((name for name, owner in store.owners.all() if owner == key), f"owner {key}")


def customer_name(store: Store, key: int | None) -> str | None:
    """Return the name of a customer by id."""
    return None if key is None else store.customers.get(key).name


def contact_name(store: Store, key: int | None) -> str | None:
    """Return the name of a contact by id."""
    return None if key is None else store.contacts.get(key).name


def percent(text: str) -> int:
    """Return an integer percentage; UsageError when it is none from 0 to 100."""
    digits = text.strip().removesuffix("%").rstrip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 3 or int(digits) > 100:
        raise UsageError(f"'{text}' is not a probability", hint="write an integer percentage from 0 to 100")
    return int(digits)


def tax_rate(text: str) -> str:
    """Return a rate of sales tax in percent as it is kept: `19`, `8.875`."""
    return format(parse_percent(text, "tax rate").normalize(), "f")


def told(kind: Kind, store: Store, before: Any, after: Any) -> list[Part]:
    """Return each field that differs, as `owner none -> Ana`."""
    parts: list[Part] = []
    for field in kind.fields:
        was, became = field.get(store, before), field.get(store, after)
        if was != became:
            parts.append((field.name, shown(was), "->", shown(became)))
    return parts


def written(value: Value, decimal: str) -> str:
    """Return a value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return f"{value.plain().replace('.', decimal)} {value.currency}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def shown(value: Value) -> str | Money:
    """Return a value as an answer shows it."""
    if value is None:
        return "none"
    if isinstance(value, Money):
        return value
    if isinstance(value, date):
        return format_moment(value)
    text = " ".join((value.label if isinstance(value, Period) else str(value)).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def format_moment(moment: date) -> str:
    """Return a day with its weekday, and the time where it is known."""
    if isinstance(moment, datetime):
        return f"{format_day(moment.date())} {moment.time().isoformat('minutes')}"
    return format_day(moment)

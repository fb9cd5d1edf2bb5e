"""Values of custom fields: put on records, changed, told apart, and asked for in filters, orders and splits."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain.dates import Words, format_day
from salestrack.domain.fields import Field, Manner, Value, a, parse_value, said, stored
from salestrack.domain.filters import FieldTest, Sign
from salestrack.domain.money import Money, NumberStyle
from salestrack.domain.names import climb, fold
from salestrack.domain.periods import parse_period
from salestrack.domain.refs import KINDS, Ref
from salestrack.errors import AmbiguousError, ParseError, UsageError
from salestrack.services.answers import Part
from salestrack.store import Operation, Store
from salestrack.store.field_tests import REACH
from salestrack.store.fields import unknown

EMPTY = ("", "-")
_TEST = re.compile(r"([^=<>!]+)(!=|<=|>=|=|<|>)(.*)", re.DOTALL)
_SHAPE = "for example --field region=north; what holds < or > is quoted: --field 'size>40'"


class Values(NamedTuple):
    """Values for a new record, as `--field NAME=VALUE` gave them."""

    pairs: tuple[str, ...]
    words: Words
    decimal: str = "."

    def put(self, store: Store, record: str, key: int, *, op: Operation) -> list[str]:
        """Put them on a record and return what an answer says of them."""
        return put_fields(store, record, key, self.pairs, op=op, words=self.words, decimal=self.decimal)


class FieldChange(NamedTuple):
    """One field that gets a value, as an edit asks for it; text as it was typed, `-` or nothing empties it."""

    name: str
    text: str
    words: Words | None = None
    decimal: str = "."
    option: str = "--field"
    letters: str = "cndsap"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Set the field of one record; return what changed, like `size 40 -> 45`."""
        record = KINDS[ref.letter]
        field = store.fields.resolve(record, self.name)
        before = store.fields.of(record, ref.id).get(field.name)
        words = self.words or _words(store, on)
        after = (
            None if self.text.strip() in EMPTY else parse_value(field, self.text, _manner(store, words, self.decimal))
        )
        if before == after:
            return ()
        store.fields.put(record, ref.id, {field.name: after})
        return ((field.name, _part(before, self.decimal), "->", _part(after, self.decimal)),)


def put_fields(
    store: Store, record: str, key: int, pairs: Sequence[str], *, op: Operation, words: Words, decimal: str
) -> list[str]:
    """Put values on a new record, inside the operation that makes it; return what was understood, like `size 40`.

    pairs are texts like `size=40`; an empty value is none. Raises NotFoundError for an unknown field or choice and
    ParseError for what is not of the field's type; then nothing of the operation is written.
    """
    manner, values, told = _manner(store, words, decimal), dict[str, Value | None](), list[str]()
    for text in pairs:
        name, value = _pair(text)
        field = store.fields.resolve(record, name)
        if field.name in values:
            raise UsageError(f"--field names {field.name} twice")
        values[field.name] = None if value in EMPTY else parse_value(field, value, manner)
        if (given := values[field.name]) is not None:
            told.append(f"{field.name} {_told(given, decimal)}")
    if values and op.id:
        store.fields.put(record, key, values)
    return told


def field_tests(store: Store, texts: Sequence[str], *, words: Words, decimal: str) -> tuple[FieldTest, ...]:
    """Read filters like `size=40`, `size>40`, `size=10..40`, `signed=2026Q1`, `tier!=gold`, `size=` (has none).

    A name may say whose field is meant: `customer.size`. Raises NotFoundError for an unknown field or choice,
    ParseError for a value that is not of the field's type.
    """
    known = store.fields.all()
    return tuple(test for text in texts for test in _tests(text, known, _manner(store, words, decimal)))


def field_of_rows(store: Store, kind: str, text: str) -> Field:
    """Return the field by which a kind of rows (deals, sales, revenue ...) is put in order or split.

    Their own fields come first; NotFoundError for none, AmbiguousError where it could be that of what they belong to.
    """
    groups = REACH.get(kind, ())
    known = tuple(field for group in groups for record in group for field in store.fields.all(record))
    found = _named(text, known, hint=f"salestrack field add {groups[0][0] if groups else 'RECORD'} {text} text")
    ranks = {next(at for at, group in enumerate(groups) if field.record in group) for field in found}
    if len(ranks) > 1 or len({field.name for field in found}) > 1:
        labels = " or ".join(field.label for field in found)
        raise AmbiguousError(f"'{text}' could be {labels}", hint="write which one")
    return found[0]


def split_by(store: Store, kind: str, text: str) -> str:
    """Return `field:NAME` as the database is asked for it: with whose field it is, unless it is the rows' own."""
    field = field_of_rows(store, kind, text)
    if kind == "revenue" and field.record in REACH[kind][0] and field.label != text:
        others = [store.fields.exact(record, field.name) for record in REACH[kind][0]]
        own = all(other and not other.removed_on for other in others)
    else:
        own = kind != "revenue" and field.record == REACH[kind][0][0]
    return f"field:{field.name if own else field.label}"


def _tests(text: str, known: tuple[Field, ...], manner: Manner) -> list[FieldTest]:
    found = _TEST.fullmatch(text)
    if not found or not found[1].strip():
        raise UsageError(f"--field '{text}' is not NAME=VALUE", hint=_SHAPE)
    name, sign, value = found[1].strip(), found[2], found[3].strip()
    fields = _named(name, known, hint="salestrack field add RECORD NAME TYPE")
    if len({field.name for field in fields}) > 1:
        raise AmbiguousError(
            f"'{name}' could be {' or '.join(field.label for field in fields)}", hint="write which one"
        )
    ranges = [_range(field, sign, value, manner) for field in fields]  # type: ignore[arg-type]  # one of the six signs
    signs = [sign for sign, _ in ranges[0]]
    if any([sign for sign, _ in one] != signs for one in ranges):
        raise AmbiguousError(
            f"'{name}' could be {' or '.join(field.label for field in fields)}", hint="write which one"
        )
    return [
        FieldTest(
            fields[0].name,
            sign,
            tuple(
                (field.record, field.type, kept)
                for field, one in zip(fields, ranges, strict=True)
                for each, kept in one
                if each == sign
            ),
        )
        for sign in signs
    ]


def _named(text: str, known: tuple[Field, ...], *, hint: str) -> list[Field]:
    """Return the fields that a name or a name with its record means; NotFoundError for none."""
    record, dot, name = text.partition(".")
    own = tuple(field for field in known if field.record == record) if dot else ()
    found = climb(name if own else text, [(field.name, field) for field in own or known])
    if not found:
        raise unknown(text, own or known, hint=hint)
    exact = [field for field in found if fold(field.name) == fold(found[0].name)]
    return exact if len(exact) == len(found) else found


def _range(field: Field, sign: Sign, text: str, manner: Manner) -> list[tuple[Sign, str]]:
    """Return what a field must be: one test, or two for a stretch from..to or a period."""
    if text in EMPTY:
        if sign not in {"=", "!="}:
            raise UsageError(f"--field {field.name}{sign} names no value", hint=_SHAPE)
        return [(sign, "")]
    ordered = field.type in {"number", "money", "date"}
    if not ordered and sign not in {"=", "!="}:
        raise UsageError(f"{field.label} has no order: it is {a(field.type)}", hint=f"--field {field.name}=VALUE")
    if field.type == "date":
        return _days(field, sign, text, manner)
    if ordered and ".." in text:
        if sign != "=":
            raise UsageError(f"--field {field.name}{sign} takes one value", hint=f"--field {field.name}=10..40")
        first, _, last = text.partition("..")
        ends: list[tuple[Sign, str]] = [(">=", first), ("<=", last)]
        if not first.strip() and not last.strip():
            raise UsageError(f"--field {field.name}=.. has no end", hint=f"--field {field.name}=10..40")
        return [(end, stored(parse_value(field, value, manner))) for end, value in ends if value.strip()]
    return [(sign, stored(parse_value(field, text, manner)))]


def _days(field: Field, sign: Sign, text: str, manner: Manner) -> list[tuple[Sign, str]]:
    """Read a day or a period: `signed=2026Q1`, `signed>2026-01-01`."""
    try:
        period = parse_period(text, manner.words)
    except ParseError:
        day = parse_value(field, text, manner)
        return [(sign, stored(day))]
    first, last = (day.isoformat() if day else "" for day in (period.start, period.end))
    if sign == "=" and first != last:
        ends: list[tuple[Sign, str]] = [(">=", first), ("<=", last)]
        return [(end, day) for end, day in ends if day] or [("!=", "")]
    if sign == "!=" and first != last:
        raise UsageError(f"--field {field.name}!= takes one day", hint=f"--field '{field.name}<{first}'")
    return [(sign, last if sign in {">", "<="} else first)]


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--field '{text}' is not NAME=VALUE", hint="for example --field region=north")
    return name.strip(), value.strip()


def _manner(store: Store, words: Words, decimal: str) -> Manner:
    return Manner(words, decimal, store.settings.book.currency)


def _words(store: Store, on: date) -> Words:
    book = store.settings.book
    return Words(on, week_start=book.week_start, fiscal_start=book.fiscal_start)


def _part(value: Value | None, decimal: str) -> str | Money:
    if value is None:
        return "none"
    return value if isinstance(value, Money) else _told(value, decimal)


def _told(value: Value, decimal: str) -> str:
    """Return a value as an answer says it, a day with its weekday."""
    return format_day(value) if isinstance(value, date) else said(value, NumberStyle(decimal))

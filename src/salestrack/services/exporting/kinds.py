"""What `export KIND` writes: for each kind of record the fields of its import, and its custom ones."""

import json
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import date
from itertools import takewhile
from typing import Any, NamedTuple

from salestrack.domain.fields import Field, loaded
from salestrack.domain.filters import Filter
from salestrack.domain.money import Money
from salestrack.domain.recurring import from_code
from salestrack.domain.schedule_cells import Repeated, written
from salestrack.domain.schedules import Price
from salestrack.errors import UsageError
from salestrack.store import Store
from salestrack.store.export import SEPARATOR, Exports

# Column names stand as CLI and import know them; `name:type` says what a value of it is.
_FIELDS: dict[str, tuple[str, str]] = {
    "deals": (
        "deal",
        (
            "id:d title customer contact owner product quantity stage pipeline amount:money currency probability created "
            "expected closed lost_reason source campaign customer_id:c snoozed every:every tags note"
        ),
    ),
    "history": ("", "deal:d on stage amount:money currency probability expected owner since"),
    "sales": (
        "sale",
        (
            "id:s date time customer email product quantity price:money discount:money amount:money tax:money tax_rate "
            "gross:money fee:money cost:money currency channel ref owner deal:d refund_of:s title customer_id:c "
            "every:every tags note"
        ),
    ),
    "activities": (
        "activity",
        (
            "id:a date time kind customer contact email phone deal:d owner duration:minutes direction outcome due done:yesno "
            "customer_id:c snoozed every:every note tags"
        ),
    ),
    "customers": (
        "customer",
        "id:c name alias kind email phone segment country source owner created snoozed tags note",
    ),
    "contacts": ("contact", "id:n customer name email phone role customer_id:c note"),
    "products": ("product", "id:p name sku price:money currency tax_rate"),
    "quotas": ("", "id:q owner channel metric period target:target currency"),
    "lines": (
        "",
        (
            "record type status date customer title line product sku quantity price:money amount:money share:money tax:money "
            "tax_rate currency owner channel deal:d"
        ),
    ),
}
KINDS = tuple(_FIELDS)
ENTERED = "entered:"
_SOMETIMES = {"customer_id", "snoozed", "every"}
"""Columns that are there only where the book has something to say in them."""

Row = tuple[Any, ...]


class Exported(NamedTuple):
    """Rows on their way out: the names of their columns, and values that are text, int, Money, a tuple of texts or None."""

    kind: str
    columns: tuple[str, ...]
    rows: Iterator[Row]


def header_of(kind: str) -> tuple[str, ...]:
    """Return the names of the fields that every export of a kind begins with; UsageError for a kind that does not exist."""
    if kind not in _FIELDS:
        raise UsageError(f"'{kind}' cannot be exported", hint=f"one of: {', '.join(KINDS)}, all")
    names = [word.partition(":")[0] for word in _FIELDS[kind][1].split()]
    return tuple(takewhile(lambda name: name not in _SOMETIMES, names))


def export_rows(
    store: Store, kind: str, chosen: Filter, *, sort: str | None = None, limit: int | None = None
) -> Exported:
    """Return the rows of a kind that a filter lets through; they are read as they are taken.

    Raises UsageError for a kind that does not exist and for a condition that it does not have.
    """
    header_of(kind)
    exports = Exports(store.engine)
    shaping = _Shaping(store, kind, exports)
    rows = exports.rows(kind, chosen, sort=sort, limit=limit)
    return Exported(kind, shaping.columns, map(shaping.shape, rows))


def records(store: Store, kind: str, ids: Sequence[int]) -> tuple[tuple[str, ...], list[tuple[int, Row]]]:
    """Return the columns of a kind and some records as the export has them, with their ids; of a history its deals."""
    exports = Exports(store.engine)
    shaping = _Shaping(store, kind, exports, whole=True)
    key = exports.names(kind).index("deal" if kind == "history" else "id")
    return shaping.columns, [(row[key], shaping.shape(row)) for row in exports.of(kind, ids)]


class _Shaping:
    """Turns stored rows of one kind into the values of its fields."""

    def __init__(self, store: Store, kind: str, exports: Exports, *, whole: bool = False) -> None:
        noun, words = _FIELDS[kind]
        fields = [word.partition(":") for word in words.split()]
        names = exports.names(kind)
        unused = set() if whole else _unused(kind, noun, {name for name, _, _ in fields}, exports)
        fields = [field for field in fields if field[0] not in unused]
        self._places = [(names.index(name), _known(_READERS.get(what) or _ref(what))) for name, _, what in fields]
        if "tags" in names:
            self._places = [(p, _listed if names[p] in {"tags", "alias"} else read) for p, read in self._places]
        self._currency = names.index("currency") if "currency" in names else None
        self._custom: tuple[Field, ...] = store.fields.all(noun) if noun else ()
        self._fields = names.index("fields") if "fields" in names else None
        self._stages = _stages(store) if kind == "deals" else ()
        self._entered = names.index("entered") if self._stages else None
        self.columns = (
            *(name for name, _, _ in fields),
            *(ENTERED + stage for stage in self._stages),
            *(f"field:{field.name}" for field in self._custom),
        )

    def shape(self, row: Row) -> Row:
        """Return the values of one row."""
        currency = row[self._currency] if self._currency is not None else ""
        values = [read(row[place], currency) for place, read in self._places]
        if self._entered is not None:
            since = json.loads(row[self._entered])
            values += [since.get(stage) for stage in self._stages]
        if self._custom and self._fields is not None:
            kept = json.loads(row[self._fields])
            values += [loaded(field, kept[field.name]) if field.name in kept else None for field in self._custom]
        return tuple(values)


def _unused(kind: str, noun: str, names: Set[str], exports: Exports) -> set[str]:
    """Return the columns that a book has no use for: nothing repeats, is snoozed, or shares its name."""
    unused = {"every"} if "every" in names and not exports.has_repeating(noun) else set()
    unused |= {"snoozed"} if "snoozed" in names and not exports.has_snoozed(kind) else set()
    return unused | ({"customer_id"} if "customer_id" in names and not exports.has_namesakes() else set())


def _stages(store: Store) -> tuple[str, ...]:
    """Return the open stages whose dates tell a deal's way; with several pipelines their names would not tell which."""
    stages = [stage for stage in store.stages.all(removed=True) if stage.is_open]
    alone = len({stage.pipeline_id for stage in stages}) == 1 and len({stage.name for stage in stages}) == len(stages)
    return tuple(stage.name for stage in stages if not stage.removed_on) if alone else ()


def _known(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda value, currency: None if value is None else read(value, currency)


def _listed(value: str | None, _: str) -> tuple[str, ...]:
    return tuple(value.split(SEPARATOR)) if value else ()


def _ref(letter: str) -> Callable[[Any, str], str]:
    return lambda value, _: f"{letter}{value}"


def _minutes(seconds: int, _: str) -> int:
    """Return whole minutes: what took less than one took one."""
    return max(1, round(seconds / 60)) if seconds else 0


def _repeats(value: str, currency: str) -> str:
    """Return how a record repeats as a cell says it."""
    told = json.loads(value)
    prices = tuple(Price(date.fromisoformat(day), amount) for day, amount in told["prices"])
    from_on, until = (date.fromisoformat(told[name]) if told[name] else None for name in ("from", "until"))
    return written(Repeated(from_code(told["every"]), told["amount"], from_on, until, prices), currency)


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "": lambda value, _: value,
    "money": Money,
    "minutes": _minutes,
    "every": _repeats,
    "yesno": lambda value, _: "yes" if value else "no",
    "target": lambda value, currency: Money(value, currency) if currency else value,
}


def several_products(store: Store, kind: str, chosen: Filter) -> int:
    """Return how many rows stand without their products, because they have more than one."""
    nouns: Sequence[str] = ("deal", "sale")
    noun = kind.removesuffix("s")
    return Exports(store.engine).several_products(noun, chosen) if noun in nouns else 0

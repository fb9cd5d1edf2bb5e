"""What may stand where a word is being typed: for each kind of word a way to find some, from the book or a fixed list."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from salestrack.store.completion import Pair, Shelf

Words = Iterable[Pair]


class Typed(NamedTuple):
    """The word so far, and the words that stand before it among the command's own."""

    word: str
    before: tuple[str, ...] = ()


Source = Callable[[Shelf, Typed], Words]

PERIODS = (
    "today", "yesterday", "week", "last-week", "month", "last-month", "quarter", "last-quarter", "year", "last-year",
    "30d", "90d", "all",
)  # fmt: skip
PAST = ("today", "yesterday", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "-2d", "-1w")
FUTURE = ("today", "tomorrow", "mon", "tue", "wed", "thu", "fri", "+2d", "+1w", "+2w", "eow", "eom", "eoq", "eoy")
VALUE = "value"  # of a setting, by the name that stands before it
# Words that are the same in every book.
FIXED: dict[str, tuple[str, ...]] = {
    "period": PERIODS,
    "compared": ("prev", "ly", "none", *PERIODS),
    "past": PAST,
    "future": FUTURE,
    "repeating": ("month", "quarter", "year", "week"),
    "shell": ("bash", "zsh", "fish"),
    "import kind": ("deals", "history", "sales", "activities", "customers", "contacts", "products", "quotas"),
    "creatable": ("customers", "products", "stages"),
    "on conflict": ("update", "skip", "fail"),
    "metric": ("revenue", "won", "calls", "meetings"),
    "unit": ("month", "quarter", "year"),
    "basis": ("deals", "sales", "count", "value", "created"),
    "color": ("auto", "always", "never"),
    "direction": ("in", "out"),
    "mark": (".", ","),
    "order": ("dmy", "mdy"),
    "tax": ("0", "7", "19", "20"),
    "wait": ("+1d", "+2d", "+3d", "+1w", "+2w", "+3wd"),
}


def _formats() -> Sequence[str]:
    from salestrack.render.formats import Format

    return tuple(Format)


def _reports() -> Sequence[str]:
    from salestrack.services.reports import REPORTS

    return tuple(REPORTS)


def _dimensions() -> Sequence[str]:
    from salestrack.store.dimensions import dimensions

    known = (name for kind in ("deals", "revenue", "activities") for name in dimensions(kind))
    return tuple(dict.fromkeys(name.removesuffix("NAME") for name in known))


def _currencies() -> Sequence[str]:
    from salestrack.domain.currencies import CURRENCIES

    return tuple(CURRENCIES)


def _records() -> Sequence[str]:
    from salestrack.domain.fields import RECORDS

    return RECORDS


def _types() -> Sequence[str]:
    from salestrack.domain.fields import TYPES

    return TYPES


def _settings() -> Sequence[str]:
    from salestrack.services.configuring import all_names

    return tuple(all_names())


# The same in every book too, and known to the part of the program that reads them.
KNOWN: dict[str, Callable[[], Sequence[str]]] = {
    "format": _formats,
    "report": _reports,
    "dimension": _dimensions,
    "currency": _currencies,
    "record": _records,
    "type": _types,
    "setting": _settings,
}


def _who(shelf: Shelf, typed: Typed) -> Words:
    return _by_id(shelf, typed, "cn") or shelf.people(typed.word)


def _deal(shelf: Shelf, typed: Typed) -> Words:
    digits = _digits(typed.word, "d")
    return shelf.open_deals(digits) if digits is not None else shelf.with_open_deals(typed.word)


def _any_deal(shelf: Shelf, typed: Typed) -> Words:
    return shelf.ids("d", _digits(typed.word, "d") or "")


def _closed_deal(shelf: Shelf, typed: Typed) -> Words:
    return shelf.closed_deals(_digits(typed.word, "d") or "")


def _planned(shelf: Shelf, typed: Typed) -> Words:
    return shelf.planned(_digits(typed.word, "a") or "")


def _operation(shelf: Shelf, typed: Typed) -> Words:
    return [pair for pair in shelf.operations() if pair[0].startswith(typed.word.lower())]


def _customer(shelf: Shelf, typed: Typed) -> Words:
    return _by_id(shelf, typed, "c") or shelf.customers(typed.word)


def _contact(shelf: Shelf, typed: Typed) -> Words:
    return _by_id(shelf, typed, "n") or shelf.contacts(typed.word)


def _product(shelf: Shelf, typed: Typed) -> Words:
    """Offer products after a quantity too: 3xBui -> 3xBuild."""
    times, mark, rest = typed.word.partition("x")
    if not (mark and times.replace(".", "").replace(",", "").isdecimal()):
        times, mark, rest = "", "", typed.word
    found = _by_id(shelf, Typed(rest), "p") or shelf.products(rest)
    return [(f"{times}{mark}{name}", what) for name, what in found]


def _reference(shelf: Shelf, typed: Typed) -> Words:
    letter = typed.word[:1].lower()
    if letter in set("cndsapqi") and _digits(typed.word, letter) is not None:
        return shelf.ids(letter, typed.word[1:])
    return shelf.open_deals("") if not typed.word else shelf.people(typed.word)


def _field(shelf: Shelf, _: Typed) -> Words:
    return [(f"{name}=", what) for name, what in shelf.listed("fields")]


def _own_field(shelf: Shelf, typed: Typed) -> Words:
    """Offer one's own fields: those of the kind of record that stands before, where one does."""
    record = typed.before[0].lower() if typed.before else ""
    fields = list(shelf.listed("fields"))
    return [pair for pair in fields if pair[1].startswith(f"{record},")] if record in _records() else fields


def _stage_of(shelf: Shelf, typed: Typed) -> Words:
    """Offer the stages of the pipeline of the deal that stands before."""
    digits = _digits(typed.before[0], "d") if typed.before else None
    of = shelf.pipeline_of(int(digits)) if digits else None
    return [pair for pair in shelf.listed("stages") if of in {None, pair[1]}]


def _outcome(shelf: Shelf, _: Typed) -> Words:
    from salestrack.domain.activities import OUTCOMES

    return [*((name, "") for name in OUTCOMES), *shelf.listed("outcomes")]


def _after(shelf: Shelf, _: Typed) -> Words:
    """Offer what sets off a follow-up: kinds of activity, and stages."""
    return [*shelf.listed("kinds"), *shelf.listed("stages")]


def _trait(shelf: Shelf, typed: Typed) -> Words:
    """Offer what gives a customer points: `segment=agency`, `tag=vip`, `field:size=`, or a kind of activity."""
    name, equals, _ = typed.word.partition("=")
    if equals:
        values = shelf.listed("tags") if name == "tag" else shelf.in_use(f"customers.{name}") if name in _TRAITS else []
        return [(f"{name}={value}", "") for value, _ in values]
    fields = [pair for pair in shelf.listed("fields") if pair[1].startswith("customer,")]
    named = [
        *((f"{trait}=", "") for trait in ("tag", *_TRAITS)),
        *((f"field:{field}=", what) for field, what in fields),
    ]
    return [*shelf.listed("kinds"), *named]


_TRAITS = ("segment", "source", "country")


def _snoozable(shelf: Shelf, typed: Typed) -> Words:
    """Offer planned steps, the most urgent first; where nothing is typed yet open deals too."""
    digits = _digits(typed.word, "a")
    steps = shelf.planned(digits) if digits is not None else []
    return [*steps, *_reference(shelf, typed)] if typed.word[:1].lower() != "a" or digits is None else steps


def _kind(shelf: Shelf, _: Typed) -> Words:
    kinds = list(shelf.listed("kinds"))
    return [*kinds, *((letter, name) for name, letter in kinds if letter)]


def _value(shelf: Shelf | None, typed: Typed) -> Words:
    """Offer what a setting may be: the words before are the setting's name."""
    from salestrack.config import KEYS, name_of
    from salestrack.domain.settings import BY_NAME

    name = typed.before[0].lower().replace("_", "-") if typed.before else ""
    if name in {"owner", "default-owner"}:
        return shelf.listed("owners") if shelf else []
    chosen, key = BY_NAME.get(name), name_of(name)
    return [(word, "") for word in (chosen.choices if chosen else KEYS[key].choices if key else ())]


def _list(what: str) -> Source:
    return lambda shelf, _: shelf.listed(what)


def _use(column: str) -> Source:
    return lambda shelf, _: shelf.in_use(column)


def _of(letter: str) -> Source:
    return lambda shelf, typed: shelf.ids(letter, _digits(typed.word, letter) or "")


LIVE: dict[str, Source] = {
    "who": _who,
    "deal": _deal,
    "any deal": _any_deal,
    "closed deal": _closed_deal,
    "planned": _planned,
    "operation": _operation,
    "customer": _customer,
    "contact": _contact,
    "product": _product,
    "reference": _reference,
    "activity": _of("a"),
    "sale": _of("s"),
    "quota": _of("q"),
    "stage": _list("stages"),
    "pipeline": _list("pipelines"),
    "reason": _list("reasons"),
    "kind": _kind,
    "outcome": _list("outcomes"),
    "any outcome": _outcome,
    "stage of deal": _stage_of,
    "what follows": _after,
    "trait": _trait,
    "snoozable": _snoozable,
    "owner": _list("owners"),
    "tag": _list("tags"),
    "field": _field,
    "own field": _own_field,
    "source": _use("deals.source"),
    "segment": _use("customers.segment"),
    "country": _use("customers.country"),
    "channel": _use("sales.channel"),
}


def offered(kind: str, shelf: Shelf | None, typed: Typed) -> list[Pair]:
    """Return the words of a kind that fit what was typed, each with what it is; live ones only where there is a book."""
    if kind in FIXED:
        found: Words = [(word, "") for word in FIXED[kind]]
    elif kind in KNOWN:
        found = [(word, "") for word in KNOWN[kind]()]
    elif kind == VALUE:
        found = _value(shelf, typed)
    else:
        found = LIVE[kind](shelf, typed) if shelf else []
        if typed.word.isdecimal():  # an id that is typed without its letter goes on without it
            found = [(word[1:] if word[1:].isdecimal() else word, what) for word, what in found]
    return fitting(found, typed.word)


def fitting(found: Words, word: str) -> list[Pair]:
    """Return the pairs that begin with a word, whatever its case; where none does, those with a later word that does."""
    start = word.casefold()
    usable = [pair for pair in found if pair[0] and not (pair[0].startswith("-") and not start.startswith("-"))]
    first = [pair for pair in usable if pair[0].casefold().startswith(start)]
    return first or [pair for pair in usable if f" {start}" in pair[0].casefold()]


def _by_id(shelf: Shelf, typed: Typed, letters: str) -> list[Pair]:
    letter = typed.word[:1].lower()
    digits = _digits(typed.word, letter) if letter and letter in letters else None
    return shelf.ids(letter, digits) if digits else []


def _digits(word: str, letter: str) -> str | None:
    """Return the digits of an id that is being typed, with or without its letter; None for a name."""
    digits = word[1:] if word[:1].lower() == letter else word
    return digits if not digits or (digits.isascii() and digits.isdecimal() and len(digits) < 12) else None

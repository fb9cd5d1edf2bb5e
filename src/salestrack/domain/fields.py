"""The seller's own fields on records: what a value of each type may be, how it is read, kept and said.

Values are kept as text in the record: a number as plain decimal digits (`40`, `2.5`), money with its currency
(`1200.00 USD`), a date as ISO, a choice by its name, yes/no as `yes` or `no`.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from salestrack.domain.dates import Words, parse_any
from salestrack.domain.money import PLAIN_STYLE, Money, NumberStyle, parse_amount
from salestrack.domain.names import clean, fold, pick, similar
from salestrack.domain.quoting import quoted
from salestrack.errors import NotFoundError, ParseError, SalestrackError, UsageError

Type = Literal["text", "number", "money", "date", "choice", "yesno"]
Value = str | Decimal | Money | date | bool

RECORDS = ("customer", "contact", "deal", "sale", "activity", "product", "owner")
TYPES: tuple[Type, ...] = get_args(Type)
TYPE_NAMES: dict[Type, str] = {
    "text": "text", "number": "number", "money": "money", "date": "date", "choice": "choice", "yesno": "yes/no",
}  # fmt: skip
LONGEST_TEXT = 1000
MOST_DIGITS = 15
"""Up to so many digits a number is exact wherever it is compared."""
LONGEST_NAME = 40

_SIGNS = '=<>!"\\:,;'  # what would end the name in --field NAME=VALUE, in a JSON path, in --map field:NAME=Column
_YES = {"yes", "y", "true", "1", "x", "on", "ja", "oui", "si", "sí"}
_NO = {"no", "n", "false", "0", "off", "nein", "non"}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FILTERS = (
    "owner customer source segment product channel stage pipeline kind tag tags field fields open won lost min max sort "
    "limit period id note score"
)
# The columns that a record has by itself, in lists, files and options.
_COLUMNS: dict[str, str] = {
    "customer": "name alias email phone country created last deals",
    "contact": "name email phone role",
    "deal": "title contact quantity amount currency probability created expected close closed lost reason status since "
    "campaign every next last discount",
    "sale": "title date amount currency deal ref refund tax rate fee cost gross price quantity discount email every",
    "activity": "title date time contact deal state done due minutes duration outcome direction email phone next thread "
    "subject",
    "product": "name sku price currency tax",
    "owner": "name email",
}


class Field(NamedTuple):
    """A field that the seller added to a kind of record; choices are in the order in which they were given."""

    id: int
    record: str
    name: str
    type: Type
    choices: tuple[str, ...] = ()
    removed_on: date | None = None

    @property
    def label(self) -> str:
        """Return the field with its record, as `deal.tier`: what tells fields of one name apart."""
        return f"{self.record}.{self.name}"


class Manner(NamedTuple):
    """How typed values are written: what words for dates hang on, the decimal mark, the book's currency."""

    words: Words
    decimal: str
    currency: str


def parse_record(text: str) -> str:
    """Return the kind of record that a word names, in the singular or plural; UsageError naming the known ones."""
    word = text.strip().lower()
    for record in RECORDS:
        if word in {record, f"{record}s", f"{record.removesuffix('y')}ies"}:
            return record
    near = similar(word, RECORDS, most=1)
    hint = f"did you mean {near[0]}?" if near else f"one of: {', '.join(RECORDS)}"
    raise UsageError(f"{quoted(text)} is not a kind of record that has fields", hint=hint)


def parse_type(text: str) -> Type:
    """Return the type that a word names, `yes/no` as well as `yesno`; UsageError naming the known ones."""
    word = text.strip().lower().replace("/", "").replace("-", "")
    for known in TYPES:
        if word == known:
            return known
    known_names = ", ".join(TYPE_NAMES.values())
    near = similar(word, TYPES, most=1)
    hint = f"did you mean {near[0]}? one of: {known_names}" if near else f"one of: {known_names}"
    raise UsageError(f"{quoted(text)} is not a type", hint=hint)


def check_name(record: str, text: str) -> str:
    """Return the name of a new field, tidied; UsageError for one that would be mistaken for something else."""
    name = clean(text, "field's name")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"the field's name has {len(name)} characters; {LONGEST_NAME} are kept at most")
    if wrong := [sign for sign in _SIGNS if sign in name]:
        raise UsageError(f"a field's name cannot hold {wrong[0]}", hint="letters, digits, spaces, - _ . and the like")
    if name[0] in "-#$":
        raise UsageError(f"a field's name cannot be {quoted(name)}", hint="begin it with a letter")
    if name.partition(".")[0].lower() in RECORDS and "." in name:
        raise UsageError(f"{quoted(name)} would be read as a field of a {name.partition('.')[0].lower()}")
    if fold(name) in f"{_FILTERS} {_COLUMNS[record]}".split():
        raise UsageError(f"{a(record)} has {quoted(name)} already, or filters by it", hint="choose another name")
    return name


def check_choices(texts: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return choices tidied; UsageError where two are the same, or one could be mistaken for a filter."""
    found: dict[str, str] = {}
    for text in texts:
        name = clean(text, "choice")
        if fold(name) in found:
            raise UsageError(f"the choice {name} is named twice")
        if name == "-" or ".." in name:
            raise UsageError(f"a choice cannot be {quoted(name)}")
        found[fold(name)] = name
    return tuple(found.values())


def parse_value(field: Field, text: str, manner: Manner) -> Value:
    """Read a value as it was typed.

    Raises ParseError for what is not of the field's type or could be read in two ways, NotFoundError or
    AmbiguousError for a choice.
    """
    match field.type:
        case "number":
            return parse_number(text, manner.decimal, what=field.name)
        case "money":
            what, currency = field.name, manner.currency
            return parse_amount(text, currency=currency, decimal=manner.decimal, what=what, signed=True)
        case "date":
            return parse_any(text, manner.words, field.name)
        case "yesno":
            return _yes_no(field, text)
        case "choice":
            return _choice(field, text)
        case "text":
            return _text(field, text)


def fitting(field: Field, text: str, *, currency: str, decimal: str = ".") -> Value:
    """Return what a text that was kept or stands in a file is as a value of a field, exactly and without guessing.

    Raises ParseError, its message what is wrong with the text.
    """
    tidy = " ".join(text.split())
    match field.type:
        case "number":
            return parse_number(tidy, decimal, what=field.name, strict=False)
        case "money":
            return parse_amount(tidy, currency=currency, decimal=decimal, what=field.name, signed=True)
        case "date":
            return _iso(tidy)
        case "yesno":
            return _yes_no(field, tidy)
        case "choice":
            same = [choice for choice in field.choices if fold(choice) == fold(tidy)]
            if same:
                return same[0]
            raise ParseError(f"{quoted(tidy)} is none of {', '.join(field.choices) or 'its choices'}")
        case "text":
            return _text(field, text)


def stored(value: Value) -> str:
    """Return a value as it is kept."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Money():
            return str(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case str():
            return value


def loaded(field: Field, text: str) -> Value:
    """Return a kept value; one that is not of the field's type comes back as its text."""
    try:
        match field.type:
            case "number":
                return Decimal(text) if _NUMBER.fullmatch(text) else text
            case "money":
                amount, _, currency = text.partition(" ")
                return parse_amount(amount, currency=currency, signed=True) if currency else text
            case "date":
                return date.fromisoformat(text)
            case "yesno":
                return text == "yes" if text in {"yes", "no"} else text
            case _:
                return text
    except (ValueError, SalestrackError):
        return text


def said(value: Value, style: NumberStyle = PLAIN_STYLE) -> str:
    """Return a value as a person writes it: what comes out can be typed again."""
    match value:
        case Money():
            return value.text(style)
        case Decimal():
            return stored(value).replace(".", style.decimal)
        case _:
            return stored(value)


def parse_number(text: str, decimal: str = ".", *, what: str = "number", strict: bool = True) -> Decimal:
    """Read a number exactly: 40, -2.5, 1,200.5 (with the other mark for thousands).

    ParseError for anything else, and with `strict` for what could be read in two ways, like 1.200.
    """
    grouping = "," if decimal == "." else "."
    tidy = text.strip().replace("\u2212", "-").replace("\u00a0", " ")
    digits = _ungrouped(tidy, decimal, grouping).replace(decimal, ".")
    hint = f"write it like 40, 2{decimal}5 or 1{grouping}200"
    if not _NUMBER.fullmatch(digits) or not digits.isascii():
        raise ParseError(f"{what} {quoted(text)} is not a number", hint=hint)
    whole, _, part = digits.lstrip("+-").partition(".")
    if strict and len(part) == 3 and len(whole) <= 3 and whole[0] != "0" and grouping not in tidy:
        readings = f"{whole}{part} or {whole}{decimal}{part}0"
        raise ParseError(f"{what} {quoted(text)} could be a thousand or a fraction", hint=f"write {readings}")
    if len(whole) > 1 and whole[0] == "0":
        raise ParseError(f"{what} {quoted(text)} starts with a zero", hint=hint)
    kept = part.rstrip("0")
    if len((whole + kept).lstrip("0")) > MOST_DIGITS:
        raise ParseError(f"{what} {quoted(text)} has more than {MOST_DIGITS} digits")
    sign = "-" if digits[0] == "-" and (whole.strip("0") or kept) else ""
    return Decimal(f"{sign}{whole}.{kept}" if kept else f"{sign}{whole}")


def a(noun: str) -> str:
    """Return a noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _ungrouped(text: str, decimal: str, grouping: str) -> str:
    """Take well-placed marks between thousands out of a number; anything else stays as it is."""
    whole, mark, part = text.partition(decimal)
    for sign in (grouping, " ", "'"):
        head, *rest = whole.lstrip("+-").split(sign)
        if rest and 1 <= len(head) <= 3 and head != "0" and all(len(group) == 3 for group in rest):
            return whole.replace(sign, "") + mark + part
    return text


def _yes_no(field: Field, text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise ParseError(f"{field.name} {quoted(text)} is neither yes nor no")
    return word in _YES


def _choice(field: Field, text: str) -> str:
    near = similar(text, field.choices, most=1)
    hint = f"did you mean {near[0]}?" if near else f"salestrack field edit {field.record} {field.name} --add adds one"
    try:
        return pick(text, [(choice, choice) for choice in field.choices], field.name, hint=hint)
    except NotFoundError as error:
        known = ", ".join(field.choices)
        raise NotFoundError(f"{field.name} {quoted(text)} is none of {known}", hint=error.hint) from None


def _text(field: Field, text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy.isprintable():
        raise ParseError(f"{field.name} holds a control character")
    if len(tidy) > LONGEST_TEXT:
        raise ParseError(f"{field.name} has {len(tidy)} characters; {LONGEST_TEXT} are kept at most")
    if not tidy:
        raise ParseError(f"{field.name} is empty")
    return tidy


def _iso(text: str) -> date:
    try:
        if len(text) == len("2026-03-15"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ParseError(f"{quoted(text)} is not a date like 2026-03-15")

"""Records as a TOML document: written for an editor, read back, and turned into the same changes as options make."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from salestrack.domain.fields import said
from salestrack.domain.money import Money, NumberStyle
from salestrack.domain.names import similar
from salestrack.domain.refs import KINDS, Ref
from salestrack.errors import ParseError, RuleError
from salestrack.services.edits import Change
from salestrack.services.edits.fields import EMPTY, Field, Given, Kind, written
from salestrack.services.edits.kinds import kind_of
from salestrack.services.edits.lines import RECORDS, LinesChange, adjustment_of, discount_of, lines_of, words_of
from salestrack.services.edits.tags import TagChange
from salestrack.services.edits.values import Placed, Setting
from salestrack.services.fields import FieldChange
from salestrack.store import Store

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

TAGS = "tags"
PRODUCTS = "products"
DISCOUNT = "discount"
OWN = "fields"
_HEAD = (
    "Change what you like, save and close; closed as it is, nothing is changed.",
    'An empty text ("") empties a field; a line that is taken out stays as it was.',
)


class Loaded(NamedTuple):
    """One record as it stood when the document was written: its fields as texts, its tags, and the seller's own fields.

    products: those of a deal or sale as they are typed, None for a record that has none or repeats; adjustment: by
    what its amount differs from them. repeats: how, in words, which options change and a document does not.
    """

    ref: Ref
    label: str
    texts: dict[str, str]
    tags: tuple[str, ...] | None
    own: dict[str, str]
    products: tuple[str, ...] | None = None
    discount: str = ""
    adjustment: Money | None = None
    repeats: str = ""


def load(store: Store, ref: Ref, decimal: str) -> Loaded:
    """Return a record as a document shows it."""
    kind = kind_of(ref)
    record = kind.get(store, ref.id)
    texts = {field.name: _typed(field, store, record, decimal) for field in kind.fields if field.applies(record)}
    tagged = ref.letter in TagChange().letters
    tags = tuple(store.tags.of(KINDS[ref.letter], ref.id)) if tagged else None
    loaded = Loaded(ref, kind.label(store, record), texts, tags, _own(store, ref, decimal))
    if ref.letter not in RECORDS:
        return loaded
    if schedule := store.schedules.of(RECORDS[ref.letter], ref.id):
        until = f" until {schedule.until}" if schedule.until else ""
        return loaded._replace(repeats=f"{schedule.every.text()}{until}")
    currency = record.amount.currency if record.amount else record.currency
    lines = lines_of(store, ref)
    adjustment = Money(adjustment_of(lines), currency)
    return loaded._replace(
        products=words_of(lines, currency, decimal),
        discount=discount_of(lines),
        adjustment=adjustment if adjustment.minor else None,
    )


def _typed(field: Field, store: Store, record: Any, decimal: str) -> str:
    return field.typed(record, decimal) if field.typed else written(field.get(store, record), decimal)


def _own(store: Store, ref: Ref, decimal: str) -> dict[str, str]:
    """Return the seller's own fields of a record; the empty ones too, so that they can be filled."""
    if ref.letter not in FieldChange("", "").letters:
        return {}
    noun = KINDS[ref.letter]
    values = store.fields.of(noun, ref.id)
    known = [field.name for field in store.fields.all(noun)]
    return {name: said(values[name], NumberStyle(decimal)) if name in values else "" for name in known}


def write(store: Store, records: Sequence[Loaded], *, about: str | None = None) -> str:
    """Return the document: a table for each record, with remarks on what may be written."""
    import tomlkit

    document = tomlkit.document()
    for line in (*_HEAD, *([about] if about else [])):
        document.add(tomlkit.comment(line))
    for loaded in records:
        document.add(tomlkit.nl())
        table = tomlkit.table()
        table.comment("".join(c for c in loaded.label if c.isprintable()))
        for name, text in loaded.texts.items():
            item = _long(text) if "\n" in text else tomlkit.string(text)
            if hint := _hint(store, loaded.ref, name):
                item.comment(hint)
            table.add(name, item)
        if loaded.repeats:
            options = f"salestrack edit {loaded.ref} --price, --every, --until, --pause or --resume"
            table.add(tomlkit.comment(f"repeats {loaded.repeats}; that is changed with {options}"))
        if loaded.products is not None:
            products = tomlkit.item(list(loaded.products))
            gone = f", without the adjustment of {loaded.adjustment.text()}" if loaded.adjustment else ""
            products.comment(f"as in 2xDesign@500; the amount follows them{gone}")
            table.add(PRODUCTS, products)
            table.add(DISCOUNT, tomlkit.item(loaded.discount))
        if loaded.tags is not None:
            table.add(TAGS, tomlkit.item(list(loaded.tags)))
        if loaded.own:
            own = tomlkit.table()
            for name, text in loaded.own.items():
                own.add(name, tomlkit.string(text))
            table.add(OWN, own)
        document.add(str(loaded.ref), table)
    return tomlkit.dumps(document)


def _long(text: str) -> Any:
    """Return a text of several lines, the first one below the quotes, which is how a person reads it."""
    import tomlkit

    return tomlkit.value(f'"""\n{tomlkit.string(text, multiline=True).as_string()[3:-3]}\n"""')


def read(text: str, records: Sequence[Loaded], given: Given) -> list[tuple[Ref, Sequence[Change]]]:
    """Return the records that a document changes, each with its changes.

    Raises ParseError, naming the line, for what is no TOML, for a record that was not in the document, and for a field
    that the record does not have.
    """
    document, lines = _parsed(text), _Lines(text)
    known = {str(loaded.ref): loaded for loaded in records}
    steps: list[tuple[Ref, Sequence[Change]]] = []
    for name, table in document.items():
        if name not in known or not isinstance(table, dict):
            raise ParseError(f"line {lines.of(None, name)}: '{name}' is none of the records that were opened")
        if changes := list(_changes(known[name], table, given, lines)):
            steps.append((known[name].ref, changes))
    return steps


def refuse_meanwhile(store: Store, records: Sequence[Loaded], decimal: str) -> None:
    """Raise RuleError, naming what differs, when a record is not as it was when the document was written."""
    for loaded in records:
        now = load(store, loaded.ref, decimal)
        for name in (*loaded.texts, PRODUCTS, DISCOUNT, TAGS, *loaded.own):
            was, became = _said(loaded, name), _said(now, name)
            if was != became:
                raise RuleError(
                    f"somebody changed {loaded.ref} meanwhile: its {name} is '{became}' now, not '{was}'; nothing was written"
                )


def _said(loaded: Loaded, name: str) -> str:
    if name in {TAGS, PRODUCTS}:
        return ", ".join((loaded.tags if name == TAGS else loaded.products) or ())
    return loaded.discount if name == DISCOUNT else (loaded.texts | loaded.own).get(name, "")


def _hint(store: Store, ref: Ref, name: str) -> str:
    kind = kind_of(ref)
    hint = kind.field(name).hint
    return hint if isinstance(hint, str) else hint(store, kind.get(store, ref.id))


def _parsed(text: str) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import ParseError as TomlError
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(text)
    except TomlError as error:
        said = str(error).partition(" at line ")[0]
        raise ParseError(
            f"line {error.line}: {said[:1].lower()}{said[1:]}", hint='texts stand in quotes: "like this"'
        ) from None
    except TOMLKitError as error:
        raise ParseError(f"the document cannot be read: {error}") from None


def _changes(loaded: Loaded, table: Mapping[str, Any], given: Given, lines: "_Lines") -> Iterator[Change]:
    kind = kind_of(loaded.ref)
    for key, value in table.items():
        where = f"line {lines.of(str(loaded.ref), key)}, {key}"
        if key in {PRODUCTS, DISCOUNT} and loaded.products is not None:
            continue
        if key == TAGS and loaded.tags is not None:
            yield from _tag_changes(loaded.tags, value, where)
            continue
        if key == OWN and loaded.own and isinstance(value, dict):
            yield from _own_changes(loaded, value, given, lines)
            continue
        if key not in loaded.texts:
            _refuse_unknown(kind, loaded, key, where)
        text = _text(value, where)
        if text != loaded.texts[key].strip():
            yield Setting(key, loaded.ref.letter, key, text or EMPTY, given, where)
    if loaded.products is not None:
        yield from _line_changes(loaded, table, given, lines)


def _line_changes(loaded: Loaded, table: Mapping[str, Any], given: Given, lines: "_Lines") -> Iterator[Change]:
    """Yield what a document changes about the products of a record and the discount on them."""
    had = list(loaded.products or ())
    where = f"line {lines.of(str(loaded.ref), PRODUCTS)}, {PRODUCTS}"
    items = table.get(PRODUCTS, had)
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ParseError(f"{where}: write products as a list", hint='like products = ["2xDesign", "Hosting@30"]')
    wanted = [str(item).strip() for item in items]
    at_discount = f"line {lines.of(str(loaded.ref), DISCOUNT)}, {DISCOUNT}"
    discount = _text(table.get(DISCOUNT, loaded.discount), at_discount)
    if wanted != had or discount != loaded.discount:
        left = discount if wanted or discount != loaded.discount else ""  # it goes with the last product
        change = LinesChange(tuple(wanted), left or None, given.decimal, known=True)
        yield Placed(change, where if wanted != had else at_discount)


def _own_changes(loaded: Loaded, table: Mapping[str, Any], given: Given, lines: "_Lines") -> Iterator[Change]:
    for key, value in table.items():
        where = f"line {lines.of(f'{loaded.ref}.{OWN}', key)}, {key}"
        if key not in loaded.own:
            known = ", ".join(loaded.own)
            raise ParseError(f"{where}: that is none of your own fields of {loaded.ref}", hint=f"it has: {known}")
        text = _text(value, where)
        if text != loaded.own[key].strip():
            yield Placed(FieldChange(key, text or EMPTY, given.words, given.decimal), where)


def _tag_changes(had: Sequence[str], value: object, where: str) -> Iterator[Change]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ParseError(f"{where}: write tags as a list", hint='like tags = ["big", "web"]')
    wanted = [str(tag) for tag in value]
    add, remove = tuple(t for t in wanted if t not in had), tuple(t for t in had if t not in wanted)
    if add or remove:
        yield TagChange(add, remove)


def _refuse_unknown(kind: Kind, loaded: Loaded, key: str, where: str) -> None:
    near = similar(key, loaded.texts, most=1)
    hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(loaded.texts)}"
    raise ParseError(
        f"{where.partition(',')[0]}: {loaded.ref} is a {kind.noun} and has no '{key}' to change", hint=hint
    )


def _text(value: Any, where: str) -> str:
    """Return what stands for a field as text, also where the quotes were left out of a number or a date."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | list | dict):
        raise ParseError(f"{where}: write a text in quotes")
    raw: str = value.as_string()
    return raw.replace("T", " ").replace("_", "")


class _Lines:
    """Finds the line of a document on which a key stands."""

    def __init__(self, text: str) -> None:
        self._places: dict[tuple[str | None, str], int] = {}
        table: str | None = None
        for number, line in enumerate(text.splitlines(), 1):
            stripped = line.strip()
            if stripped.startswith("[") and "]" in stripped:
                table = stripped[1:].partition("]")[0].strip().strip("\"'")
                self._places.setdefault((None, table), number)
            elif "=" in stripped:
                key = stripped.partition("=")[0].strip().strip("\"'")
                self._places.setdefault((table, key), number)

    def of(self, table: str | None, key: str) -> int:
        """Return the line of a key in a table, of a table itself without one."""
        return self._places.get((table, key), self._places.get((None, table or key), 1))

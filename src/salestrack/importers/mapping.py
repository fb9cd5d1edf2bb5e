"""Which column of a file feeds which field: what --map says, what a profile says, then what the headers say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import NamedTuple

from salestrack.domain.names import fold, similar
from salestrack.domain.quoting import quoted, titled
from salestrack.errors import UsageError
from salestrack.importers.kinds import CUSTOM, ENTERED, Field, Kind
from salestrack.importers.money_columns import beside, decided, shares
from salestrack.importers.synonyms import synonyms

MOST_NAMED = 30
# Words that tell, in the headers of a file, where what it lacks may stand.
_CLUES = {
    "stage": "stage status state phase result outcome won lost closed stand ergebnis étape statut etapa estado fase",
    "date": "date day on at datum tag fecha data jour when time",
    "kind": "kind type activity art typ tipo type subject",
}


Picks = tuple[tuple[int, ...], ...]
"""Columns (from 0) that feed one field: the first that is filled counts, and those of one tuple are read as one text."""


class Mapped(NamedTuple):
    """A field, the place (from 0) of the column that feeds it, and that column's header as messages name it.

    Where several columns feed it, `picks` has them all, and `place` is the first.
    """

    field: Field
    place: int
    title: str
    picks: Picks = ()

    def cells(self, columns: Sequence[Sequence[str]]) -> Sequence[str]:
        """Return the raw cells of the field, given all columns of some rows."""
        if not self.picks:
            return columns[self.place]
        joined = [_joined([columns[place] for place in places]) for places in self.picks]
        if len(joined) == 1:
            return joined[0]
        return [next((cell for cell in row if cell.strip()), "") for row in zip(*joined, strict=True)]

    @property
    def places(self) -> set[int]:
        """All the columns that feed the field."""
        return {place for places in self.picks for place in places} or {self.place}


def _joined(columns: Sequence[Sequence[str]]) -> Sequence[str]:
    if len(columns) == 1:
        return columns[0]
    return [" ".join(cell.strip() for cell in row if cell.strip()) for row in zip(*columns, strict=True)]


class FileMapping(NamedTuple):
    """What is read from a file, in the order of its columns, and the headers of the columns that are not."""

    fields: tuple[Mapped, ...]
    unused: tuple[str, ...]
    constants: Mapping[str, str] = {}
    """What every row says of fields that have no column."""

    def has(self, name: str) -> bool:
        """Say whether a field has a column, or the same text in every row."""
        return name in self.constants or any(mapped.field.name == name for mapped in self.fields)

    def title(self, name: str) -> str:
        """Return the header of a field's column, an empty text where it has none."""
        if name in self.constants:
            return f"{name} of every row"
        return next((mapped.title for mapped in self.fields if mapped.field.name == name), "")


class Given(NamedTuple):
    """What else is known of a file's columns than --map says: by a profile, and by --set.

    A profile's columns are alternatives of headers by field; `only` reads nothing that neither names.
    """

    columns: Mapping[str, Sequence[str]] = {}
    constants: Mapping[str, str] = {}
    only: bool = False
    examples: Mapping[str, str] = {}
    """What --set could say of fields that a kind cannot do without."""


_NOTHING = Given()


def map_columns(
    kind: Kind, header: Sequence[str], maps: Sequence[str], custom: Sequence[str] = (), *, given: Given = _NOTHING
) -> FileMapping:
    """Return the mapping of a file; `maps` are texts like `amount=Total`, `amount=#3`, or `amount=` for none.

    `custom` are the names of the custom fields of these records: a header that is one of them feeds it.

    Raises UsageError for an unknown field or column, a header that could be either of two, or a field that the kind
    cannot do without.
    """
    titles = [_title(name, index) for index, name in enumerate(header)]
    chosen = {_spelt(field, custom): picks for field, picks in _chosen(kind, header, maps).items()}
    constants = {name: text for name, text in given.constants.items() if kind.field(name) not in chosen}
    for name, headers in given.columns.items():
        field = _spelt(kind.field(name), custom)
        if field not in chosen and name not in constants:
            chosen[field] = _present(headers, header)
    settled = {field.name for field in chosen} | set(constants)
    found: dict[Field, Picks | None] = dict(chosen)
    taken = {place for picks in chosen.values() for places in picks or () for place in places}
    if not given.only:
        settled |= decided(kind, {field.name for field, picks in chosen.items() if picks} | set(constants))
        titled = by_header(kind, header, taken | shares(kind, header), settled)
        places = {_spelt(field, custom): place for field, place in titled.items()}
        known = settled | {field.name for field in places}
        places |= _by_custom(header, taken | set(places.values()), known, custom)
        has = (
            {field.name for field, picks in chosen.items() if picks} | {field.name for field in places} | set(constants)
        )
        places |= beside(kind, header, taken | set(places.values()), has, settled)
        found |= {field: ((place,),) for field, place in places.items()}
    fields = [_mapped(field, picks, titles) for field, picks in found.items() if picks]
    used = {place for mapped in fields for place in mapped.places}
    mapping = FileMapping(
        tuple(sorted(fields, key=lambda mapped: (mapped.place, mapped.field.name))),
        tuple(title for index, title in enumerate(titles) if index not in used and title[0] != "_"),
        constants,
    )
    _check_needs(kind, mapping, titles, given.examples)
    if kind.days and kind.days[0] not in {field.name for field, picks in chosen.items() if not picks}:
        _check_days(kind, mapping, titles, given.examples)
    return mapping


def fields_of(maps: Sequence[str]) -> set[str]:
    """Return the names of the fields that --map names."""
    return {text.partition("=")[0].strip() for text in maps}


def read_constants(kind: Kind, texts: Sequence[str]) -> dict[str, str]:
    """Read `--set FIELD=VALUE`; UsageError when one cannot be read, or says nothing."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise UsageError(f"--set {quoted(text)} cannot be read", hint="write it like --set channel=shop")
        field = kind.field(name.strip())
        if field.name == "id":
            raise UsageError("--set cannot give every row the same id")
        if found.setdefault(field.name, value.strip()) != value.strip():
            raise UsageError(f"--set names {field.name} twice")
    return found


def _mapped(field: Field, picks: Picks, titles: Sequence[str]) -> Mapped:
    if len(picks) == 1 and len(picks[0]) == 1:
        return Mapped(field, picks[0][0], titles[picks[0][0]])
    title = " | ".join(" + ".join(titles[place] for place in places) for places in picks)
    return Mapped(field, picks[0][0], title, picks)


def _present(headers: Sequence[str], header: Sequence[str]) -> Picks | None:
    """Return those of some alternatives that a file has, in their order; None where it has none of them."""
    folded = [fold(name) for name in header]
    found = []
    for text in headers:
        parts = [text] if fold(text) in folded else text.split(" + ")
        if all(fold(part) in folded for part in parts):
            found.append(tuple(_column(part, header) for part in parts))
    return tuple(dict.fromkeys(found)) or None


def read_values(kind: Kind, texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read `--value FIELD:From=To` into field -> {From: To}; UsageError when one cannot be read."""
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        name, old, new = _value(text)
        field = kind.field(name)
        values = found.setdefault(field.name, {})
        if values.setdefault(old, new) != new:
            raise UsageError(f"--value gives {quoted(old)} of {field.name} two meanings")
    return found


def _value(text: str) -> tuple[str, str, str]:
    prefix = next((p for p in (CUSTOM, ENTERED) if text.startswith(p)), "")
    name, colon, rest = text[len(prefix) :].partition(":")
    old, equals, new = rest.partition("=")
    if not (colon and equals and old.strip()):
        raise UsageError(
            f"--value {quoted(text)} cannot be read", hint="write it like --value 'product:GTXPro=GTX Pro'"
        )
    return prefix + name.strip(), old.strip(), new.strip()


def _title(name: str, index: int) -> str:
    return name.strip() or f"column {index + 1}"


def _chosen(kind: Kind, header: Sequence[str], maps: Sequence[str]) -> dict[Field, Picks | None]:
    """Return the fields that --map names with their columns, None where it says there is none."""
    chosen: dict[Field, Picks | None] = {}
    for text in maps:
        name, column = _split(text, header)
        field = _field(kind, name, column, header)
        if field in chosen:
            raise UsageError(f"--map names {field.name} twice")
        chosen[field] = _picks(column, header) if column else None
    return chosen


def _field(kind: Kind, name: str, column: str, header: Sequence[str]) -> Field:
    """Return the field that --map names; where its words stand the wrong way round, the error says so."""
    try:
        return kind.field(name)
    except UsageError as error:
        is_column = re.fullmatch(r"#\d+", name) or fold(name) in {fold(title) for title in header}
        if is_column and any(column == field.name for field in (*kind.fields, *kind.further)):
            error.hint = f"the field comes first: --map {quote(f'{column}={name}')}"
        raise


def _picks(text: str, header: Sequence[str]) -> Picks:
    """Read `Column`, `First + Last` for two read as one, `Work | Home` for the first that is filled."""
    known = {fold(name) for name in header}
    if fold(text) in known or not re.search(r"\s[|+]\s", text):
        return ((_column(text, header),),)
    return tuple(
        tuple(_column(part.strip(), header) for part in re.split(r"\s\+\s", each) if part.strip())
        for each in re.split(r"\s\|\s", text)
        if each.strip()
    )


def _split(text: str, header: Sequence[str]) -> tuple[str, str]:
    """Cut `field=Column`; of several `=` (a stage or a header may hold one) the first that leaves a known column."""
    cuts = [place for place, sign in enumerate(text) if sign == "="]
    if not cuts or not text[: cuts[0]].strip():
        raise UsageError(f"--map {quoted(text)} cannot be read", hint="write it like --map amount=Total")
    known = {fold(name) for name in header}
    for place in cuts:
        if fold(text[place + 1 :]) in known:
            return text[:place].strip(), text[place + 1 :].strip()
    return text[: cuts[0]].strip(), text[cuts[0] + 1 :].strip()


def _column(text: str, header: Sequence[str]) -> int:
    names = [name.strip() for name in header]
    same = [index for index, name in enumerate(names) if name == text]
    found = same or [index for index, name in enumerate(names) if name and fold(name) == fold(text)]
    if len(found) == 1:
        return found[0]
    if found:
        places = " or ".join(f"#{index + 1}" for index in found)
        raise UsageError(f"the file has {len(found)} columns {quoted(text)}", hint=f"name one by its place: {places}")
    if text[0] == "#" and text[1:].isdecimal() and 1 <= int(text[1:]) <= len(names):
        return int(text[1:]) - 1
    near = similar(text, [name for name in names if name], most=1)
    start = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"the file has no column {quoted(text)}", hint=f"{start}it has: {_listed(names)}")


def by_header(kind: Kind, header: Sequence[str], taken: set[int], settled: set[str]) -> dict[Field, int]:
    """Return the columns that their headers map by themselves; one column feeds one field."""
    folded = [fold(name) for name in header]
    found: dict[Field, int] = {}
    used = set(taken)
    for field, word in _by_rank(kind, settled):
        places = [
            index
            for index, name in enumerate(folded)
            if name == word and index not in used and header[index][:1] != "_"
        ]
        if field in found or not places:
            continue
        if len(places) > 1:
            named = " and ".join(f"#{index + 1}" for index in places)
            raise UsageError(
                f"columns {named} are both called {quoted(header[places[0]].strip())}",
                hint=f"say which one: --map {field.name}=#{places[0] + 1}, or --map {field.name}= for neither",
            )
        found[field] = places[0]
        used.add(places[0])
    written = (CUSTOM, ENTERED) if kind.has_own_fields else (ENTERED,)  # by `export`, for custom fields and stage dates
    for index, name in enumerate(header):
        if index not in used and name.strip().startswith(written) and name.strip() not in settled:
            found[kind.field(name.strip())] = index
    return found


def _by_custom(header: Sequence[str], used: set[int], settled: set[str], custom: Sequence[str]) -> dict[Field, int]:
    """Return the columns that are called like a custom field; two of one name feed none."""
    found = {}
    for name in custom:
        places = [place for place, title in enumerate(header) if place not in used and fold(title) == fold(name)]
        if len(places) == 1 and CUSTOM + name not in settled and header[places[0]][:1] != "_":
            found[Field(CUSTOM + name, "custom")] = places[0]
    return found


def _spelt(field: Field, custom: Sequence[str]) -> Field:
    """Return a custom field as the book spells its name."""
    if field.type != "custom":
        return field
    own = next((name for name in custom if fold(CUSTOM + name) == fold(field.name)), None)
    return field if own is None else field._replace(name=CUSTOM + own)


def _by_rank(kind: Kind, settled: set[str]) -> Iterator[tuple[Field, str]]:
    """Every synonym of the fields that are still open: all first choices before any second one."""
    table: Mapping[str, tuple[str, ...]] = synonyms(kind.name)
    fields = [field for field in kind.fields if field.name not in settled]
    ranked = [
        (rank, field, word) for field in fields for rank, word in enumerate(table.get(field.name, (fold(field.name),)))
    ]
    return ((field, word) for _, field, word in sorted(ranked, key=lambda entry: entry[0]))


def _check_needs(kind: Kind, mapping: FileMapping, titles: Sequence[str], examples: Mapping[str, str]) -> None:
    for alternatives in kind.needs:
        if not any(mapping.has(name) for name in alternatives):
            first = alternatives[0]
            raise UsageError(
                f"{kind.name} need a column for {' or '.join(alternatives)}, and no header of the file names one",
                hint=f"say which: --map {first}={_some_column(titles)}{_for_all(first, examples)}{_closed_days(first, titles)}; "
                f"the file has: {_listed(_likely(first, titles))}",
            )


def _check_days(kind: Kind, mapping: FileMapping, titles: Sequence[str], examples: Mapping[str, str]) -> None:
    """Refuse a file in which nothing would be read as the day: its rows would stand in no period."""
    if not any(mapping.has(name) for name in kind.days):
        first = kind.days[0]
        raise UsageError(
            f"{kind.name} need a column for {' or '.join(kind.days)}, and no header of the file names one",
            hint=f"say which: --map {first}={_some_column(titles)} (--map {first}= if there is none){_for_all(first, examples)}; "
            f"it has: {_listed(_likely(first, titles))}",
        )


def _some_column(titles: Sequence[str]) -> str:
    """Return what stands for a column in a hint: its place where none has a name."""
    return "#1" if titles and all(title == f"column {place}" for place, title in enumerate(titles, 1)) else "COLUMN"


def _for_all(field: str, examples: Mapping[str, str]) -> str:
    """Return how to say a field of all rows, where that is likely."""
    return f", or of all rows: --set {quote(f'{field}={examples[field]}')}" if field in examples else ""


def _closed_days(field: str, titles: Sequence[str]) -> str:
    """Return what to do with days of winning and losing where nothing says the stage."""
    found = [title for title in titles if {"won", "lost"} & set(fold(title).split())] if field == "stage" else []
    if not found:
        return ""
    return f" (deals with a day in {' or '.join(found)}: in a file of their own, --set stage=Won or stage=Lost)"


def _likely(field: str, titles: Sequence[str]) -> list[str]:
    """Return headers, those first that sound like a field: with one of the words that are used for it."""
    words = set(_CLUES.get(field, field).split())
    return sorted(titles, key=lambda title: words.isdisjoint(fold(title).split()))


def _listed(names: Sequence[str]) -> str:
    shown = [titled(name) for name in names if name.strip()][:MOST_NAMED]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (", ".join(shown) or "no named column") + more

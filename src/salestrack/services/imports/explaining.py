"""What a profile does, in words: columns, values, what is left out and why, how cells are read, what money means."""

from collections.abc import Iterator
from typing import NamedTuple

from salestrack.domain.imports import OWN_SOURCE
from salestrack.importers.grouping import read_grouping
from salestrack.importers.kinds import KINDS
from salestrack.importers.money_columns import decided
from salestrack.importers.profiles import Profile
from salestrack.services.imports.needed import deciding, needed_fields

REWRITES = {
    "html": "markup is taken off",
    "first": "the first of several counts",
    "share": "0.4 is read as 40 %",
    "whole": "decimals are cut off",
    "id": "is an id of the same source, so what it means comes in before or together",
    "first id": "the first of several counts: an id of the same source",
    "apostrophe": "a leading apostrophe is taken off",
    "span": "two days are read as a period",
}


_AGREEMENT = (
    "net and tax come to gross in every row, with the shipping, tip, discount or fee between them; else it is refused"
)


class Said(NamedTuple):
    """One thing that a profile says: which part of it, about what, and what."""

    part: str
    about: str
    says: str


def explained(profile: Profile) -> list[Said]:
    """Return everything that a profile says, a row for each thing."""
    return [*_head(profile), *_columns(profile), *_rows(profile), *_format(profile), *_money(profile)]


def _head(profile: Profile) -> Iterator[Said]:
    yield Said("holds", profile.kind, profile.about or profile.name)
    yield Said("kept", "", "shipped with salestrack" if profile.origin == "shipped" else profile.origin)
    needed = ", ".join(" or ".join(names) for names in profile.match)
    yield Said("recognised", "", f"by the columns {needed}" if needed else "never by itself: --profile names it")
    known = f"ids are kept as those of '{profile.source}'"
    if profile.source == OWN_SOURCE and profile.kind != "history":
        yield Said("identity", "id", "an id of this book stands for its record, which --on-conflict update changes")
        known = f"other {known}"
    if profile.source != OWN_SOURCE and (vital := (*needed_fields(profile), *deciding(profile))):
        yield Said("needed", "", f"the columns of {', '.join(vital)}: without them a file is not read")
    yield Said("identity", "id", known if "id" in profile.columns else f"by what a row says, as of '{profile.source}'")


def _columns(profile: Profile) -> Iterator[Said]:
    for field, headers in profile.columns.items():
        yield Said("column", field, ", else ".join(headers) if headers else "no column, whatever the headers say")
        if field in profile.cells:
            yield Said("cells", field, REWRITES[profile.cells[field]])
    for pattern in profile.stage_dates:
        yield Said("stage dates", "entered", f"columns like {pattern} become history")
    for name, chance in profile.stages.items():
        yield Said("stage", name, f"is won in {chance} % where the book does not have it yet")
    if not profile.only_these:
        yield Said("column", "the others", "are read by their headers")
    for field, text in profile.constants.items():
        yield Said("every row", field, "the first stage" if text == "*first" else text)
    for field, names in profile.values.items():
        for cell, name in names.items():
            yield Said("value", field, f"{cell} means {name or 'nothing of its own'}")


def _rows(profile: Profile) -> Iterator[Said]:
    for column, texts in profile.blank.items():
        where = "any column" if column == "*" else column
        yield Said("blank", where, f"{', '.join(texts)} means blank")
    for rule in profile.leave_out:
        yield Said("left out", "", f"rows where {rule.words()}: {rule.why}")
    if profile.group:
        for about, sentence in read_grouping(profile.group).words():
            yield Said("group", about, sentence)
    if profile.new:
        yield Said("created", "", f"{' and '.join(profile.new)} that are missing")


def _format(profile: Profile) -> Iterator[Said]:
    words = {"dmy": "5/6/2026 is 5 June", "mdy": "5/6/2026 is 6 May"}
    if profile.date:
        yield Said("format", "date", words.get(profile.date, profile.date))
    if profile.decimal:
        yield Said("format", "decimal mark", profile.decimal)
    for name, text in (
        ("currency", profile.currency),
        ("encoding", profile.encoding),
        ("delimiter", profile.delimiter),
    ):
        if text:
            yield Said("format", name, text)
    if not profile.header:
        yield Said("format", "header", "none: columns are called column 1, column 2 ...")
    if profile.cents:
        yield Said("format", "amounts", "whole numbers of cents")


def _money(profile: Profile) -> Iterator[Said]:
    for name, sentence in profile.money.items():
        yield Said("money", name, sentence)
    names = profile.columns.keys()
    compared = {"amount", "gross"} <= names or not (profile.only_these or decided(KINDS[profile.kind], names))
    if profile.kind == "sales" and compared and profile.source != OWN_SOURCE:
        yield Said("money", "agreement", _AGREEMENT)

"""Rows of which a newer file of the same command says something else: they are older copies, and left out."""

from collections import Counter
from collections.abc import Collection, Sequence

from salestrack.domain.imports import Fault
from salestrack.domain.names import fold
from salestrack.importers.ages import APART
from salestrack.importers.identity import Identity
from salestrack.services.imports.copies import copies_of
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.engine import Row
from salestrack.store.staged_copies import StagedCopies

_TIED = (
    "says something else than its row in {}, and both files were written at the same time, so which is newer cannot be told: "
    "import the newer one alone, or touch it"
)
Keyed = tuple[Batch, list[str], Sequence[int]]


def without_older(reading: Reading, given: Keyed, left_out: Counter[str]) -> Keyed:
    """Return the rows of a batch that no newer file says something else about; the others are counted by reason.

    Rows of two files of the same time cannot both be right, and are faults.
    """
    family = reading.request.family
    batch, keys, prints = given
    if family is None:
        return given
    newest = StagedCopies(reading.store.engine).of(family.number, keys)
    if all(row["file"] == family.place for row in newest.values()):
        return given
    identity = Identity(reading.kind, [mapped.field.name for mapped in reading.mapping.fields], "")
    cells = {**batch.cells, **batch.raw}
    my_time = family.files[family.place][1]
    kept: list[bool] = []
    found_copies = copies_of(reading.kind.name, reading.mapping, (identity, cells), batch.groups)
    for place, (key, print_, *about) in enumerate(found_copies):
        found = newest.get(key)
        older = bool(found and found["file"] != family.place and found["print"] != print_ and _same(found, about))
        kept.append(not older)
        if not (older and found):
            continue
        name, its_time = family.files[found["file"]]
        if abs(its_time - my_time) < APART:
            _set_aside(reading, Fault(batch.lines[place], "", "", _TIED.format(name)))
        else:
            left_out[f"an older copy of the row in {name}"] += batch.sizes[place]
    if all(kept):
        return given
    rest = [place for place, keep in enumerate(kept) if keep]
    return batch.only(kept), [keys[place] for place in rest], [prints[place] for place in rest]


def told_by_newer(reading: Reading, keys: Collection[str]) -> set[str]:
    """Return those of some keys whose rows stand in a newer file of the same command."""
    family = reading.request.family
    if family is None:
        return set()
    newest = StagedCopies(reading.store.engine).of(family.number, keys)
    return {key for key, row in newest.items() if row["file"] != family.place}


def _same(found: Row, about: Sequence[str]) -> bool:
    """Say whether two rows of one id are about the same: one cell that both have filled has to agree."""
    pairs = [
        (fold(one), fold(other)) for one, other in zip((found["one"], found["two"], found["three"]), about, strict=True)
    ]
    filled = [one == other for one, other in pairs if one and other]
    return any(filled) or not filled


def _set_aside(reading: Reading, fault: Fault) -> None:
    reading.staging.add("faults", Fault._fields[:4], [fault[:4]])

"""What came of a foreign book, in words: what changed, what stayed as it is here, and what is another there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from salestrack.domain.imports import Counts, Created, Imported
from salestrack.domain.refs import LETTERS
from salestrack.errors import RuleError
from salestrack.services.foreign import KIND, RECORDS
from salestrack.services.foreign.changing import Outcome
from salestrack.services.foreign.reading import Manifest
from salestrack.store.export_merge import Foreign

MOST_KEPT = 20
MOST_NAMED = 5


@dataclass(slots=True)
class Tally:
    """What became of the records of a foreign book."""

    read: int = 0
    new: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    same: int = 0
    adopted: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    changes: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    kept_count: int = 0
    kept_records: int = 0
    differing: list[str] = field(default_factory=list)
    created: tuple[Created, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def worth_keeping(self) -> bool:
        """Say whether anything came of it: what stayed as it was edited here is noted too, and told only once."""
        return bool(self.new or self.changed or self.adopted or self.kept_records)

    def count(self, table: str, key: int, outcome: Outcome) -> None:
        """Count a record that was here already, and note what changed of it."""
        ref = f"{LETTERS[table]}{key}"
        self.changed += bool(outcome.changed)
        self.same += not outcome.changed
        self.kept_count += len(outcome.kept)
        self.kept_records += bool(outcome.kept)
        for said, found in (
            (self.changes, outcome.changed), (self.kept, outcome.kept), (self.differing, outcome.differing)
        ):  # fmt: skip
            if found and len(said) < MOST_KEPT:
                said.append(f"{ref} {', '.join(found)}")


def differences(foreign: Foreign, uid: str) -> tuple[str, ...]:
    """Return remarks on records that are no longer there, or were made one there, and stay as they are here."""
    gone = [f"{LETTERS[table]}{key}" for table in RECORDS for key in foreign.gone(table)]
    notes = [f"no longer in the other book, and kept here: {_few(gone)}"] if gone else []
    merged = [
        f"{LETTERS[table]}{key} into {LETTERS[table]}{into}"
        for table in ("customers", "contacts", "deals")
        for key, into in foreign.merged_there(table, uid)
    ]
    if merged:
        how = "salestrack customer, contact or deal merge makes them one"
        notes.append(f"merged in the other book, and apart here: {_few(merged)} ({how})")
    return tuple(notes)


def told(
    tally: Tally, path: Path, manifest: Manifest, *, key: int | None, op: int | None, dry_run: bool, theirs_wins: bool
) -> Imported:
    """Return what came of a book as the result of an import."""
    name, new = path.name or str(path), sum(tally.new.values())
    counts = Counts(tally.read, new, tally.changed, tally.same, 0, sum(tally.left_out.values()))
    if sum(counts[1:]) != counts.read:
        raise RuleError(f"the counts of {name} do not add up", hint="nothing was written; report this")
    notes: tuple[str, ...] = ("its settings, rules, days off and import keys stay with the other book",) if new else ()
    if tally.differing:
        notes += (f"the other book says something else, and yours stay: {_few(tally.differing)}",)
    if (tally.kept or tally.differing) and not theirs_wins:
        notes += (f"to take what the other book says: salestrack import {quote(str(path))} --on-conflict update",)
    listed = f" (salestrack show o{op})" if op else ""
    more = tally.changed - MOST_NAMED
    changes = "; ".join(tally.changes[:MOST_NAMED]) + (f"; and {more:,} more{listed}" if more > 0 else "")
    return Imported(
        notes=(*notes, *tally.notes), what_changed=changes,
        kind=KIND, source=manifest.source, file=name, counts=counts, id=key, op=op,
        dry_run=dry_run, created=tally.created, adopted=tally.adopted, kept=tuple(tally.kept),
        kept_count=tally.kept_count, kept_records=tally.kept_records, left_out=dict(tally.left_out), delimiter="none",
    )  # fmt: skip


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (f"; and {more:,} more" if more > 0 else "")

"""Tags on records: `-t TAG` puts one on, `--untag TAG` takes one off."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain.names import clean
from salestrack.domain.refs import Ref
from salestrack.services.answers import Part
from salestrack.store import Operation, Store

_RECORDS = {"c": "customer", "d": "deal", "s": "sale", "a": "activity"}


class TagChange(NamedTuple):
    """Tags to put on a record and to take off it."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def letters(self) -> str:
        """Return the kinds of record that have tags."""
        return "".join(_RECORDS)

    @property
    def option(self) -> str:
        """Return the option by which it was asked for."""
        return "--tag" if self.add else "--untag"

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Put tags on one record and take others off; NotFoundError for taking off a tag that the book does not know."""
        record = _RECORDS[ref.letter]
        off = [store.tags.resolve(text) for text in self.remove]
        had = store.tags.of(record, ref.id)
        store.tags.put(record, ref.id, [clean(text, "tag") for text in self.add], op=op.id)
        new = [tag for tag in store.tags.of(record, ref.id) if tag not in had]
        gone = [key for key in dict.fromkeys(off) if store.tags.take(record, ref.id, key)]
        names = {key: name for name, key in store.tags.all()}
        return [f"tag +{tag}" for tag in new] + [f"tag -{names[key]}" for key in gone]

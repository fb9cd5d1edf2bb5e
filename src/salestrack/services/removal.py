"""Taking records out of the book: what goes, what stands in the way, and one question before much goes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain.imports import counted
from salestrack.domain.refs import AT, KINDS, Ref, parse_refs
from salestrack.domain.removal import Records, size, without
from salestrack.errors import NotFoundError, RuleError, UsageError
from salestrack.services.answers import Answer, Ask, Part
from salestrack.store import Store

TABLES = {
    "c": "customers", "n": "contacts", "d": "deals", "s": "sales", "a": "activities", "p": "products", "q": "quotas",
}  # fmt: skip
ASK_FROM = 3
MOST_NAMED = 5


class Going(NamedTuple):
    """What a removal comes to: the records named, what goes along, what only leaves the list, what loses a name."""

    chosen: Records
    along: Records
    retired: Records
    cleared: Records

    @property
    def told(self) -> Records:
        """Return what goes along as people are told: customers that were merged into others are out of sight."""
        return _in_sight(self.along)

    @property
    def records(self) -> Records:
        """Return everything that is removed."""
        tables = (*self.chosen, *self.along)
        return {table: self.chosen.get(table, set()) | self.along.get(table, set()) for table in tables}


def remove(store: Store, refs: Sequence[Ref], *, everything: bool, on: date, ask: Ask | None, yes: bool) -> Answer:
    """Remove records; what hangs on them stands in the way, or goes along with `everything`.

    Products that were sold are taken off the list only. Asks at a terminal before three or more records go; elsewhere
    that needs `yes`. Raises RuleError or NotFoundError.
    """
    going = _going(store, refs, everything=everything)
    said = _said(store, refs)
    if not yes:
        _agree(store, refs, going, ask)
    with store.operation("removed") as op:
        if _going(store, refs, everything=everything) != going:
            raise RuleError("somebody else changed these records just now; nothing was removed", hint="look again")
        op.touch(*map(str, refs), *_owners(store, refs))
        for key in sorted(going.retired.get("products", ())):
            store.removal.retire(key, on.isoformat())
        store.removal.remove(going.records)
    done = "taken off the list" if going.retired and not size(going.records) else "removed"
    told = [f"with {tally(going.told)}"] if going.told else []
    told += [f"taken out of {tally(going.cleared)}"] if going.cleared else []
    return Answer((*said, done, *told), op.id, _notes(store, going))


def refs_of(store: Store, words: Sequence[str], default: str | None = None) -> list[Ref]:
    """Return the records that words name by id: d12, 12,14-16 where the kind is known, `@` for the last one touched.

    Raises ParseError, or RuleError for what is not removed but undone.
    """
    found: dict[Ref, None] = {}
    for word in words:
        text = (store.journal.last_ref(default or "dsacnpq") or word) if word == AT else word
        found.update(dict.fromkeys(parse_refs(text, default)))
    for ref in found:
        _refuse_kind(store, ref, default)
    return list(found)


def products_of(store: Store, words: Sequence[str]) -> list[Ref]:
    """Return the products that words name: ids (p3, 3, 3-5), names or article numbers."""
    found: dict[Ref, None] = {}
    for word in words:
        named = word[:1].isdigit() and word.replace(",", "").replace("-", "").isdigit()
        refs = refs_of(store, [word], "p") if named or word == AT else [Ref("p", store.products.resolve(word).id)]
        found.update(dict.fromkeys(refs))
    return list(found)


def tally(records: Mapping[str, set[int]]) -> str:
    """Return how many records of each kind there are: `3 deals, 1 activity`."""
    return ", ".join(counted(len(keys), table) for table, keys in records.items())


def _going(store: Store, refs: Sequence[Ref], *, everything: bool) -> Going:
    """Return what goes; RuleError naming what stands in the way."""
    chosen: Records = {}
    for ref in refs:
        _refuse_absent(store, ref)
        chosen.setdefault(TABLES[ref.letter], set()).add(ref.id)
    sold = store.removal.sold(chosen.get("products", ()))
    retired: Records = {"products": sold} if sold else {}
    chosen = without(chosen, retired)
    along = without(store.removal.closure(chosen), chosen)
    contacts = chosen.get("contacts", set()) | along.get("contacts", set())
    going = Going(chosen, along, retired, store.removal.named_in(contacts, along | chosen))
    if not everything:
        _refuse_hanging(store, refs, going)
    return going


def _refuse_hanging(store: Store, refs: Sequence[Ref], going: Going) -> None:
    for ref in refs:
        table = TABLES[ref.letter]
        hanging = without(_in_sight(store.removal.hanging(table, {ref.id})), going.chosen)
        named = without(store.removal.named_in({ref.id}, {}), going.chosen) if ref.letter == "n" else {}
        hint = f"salestrack rm {' '.join(map(str, refs))} --all "
        label = store.names.labels([str(ref)])[0]
        if hanging:
            raise RuleError(f"{_named(hanging)} would be left without {label}", hint=f"{hint}removes them too")
        if named:
            raise RuleError(f"{label} is named in {_named(named)}", hint=f"{hint}takes the name out of them")


def _refuse_absent(store: Store, ref: Ref) -> None:
    row = store.removal.find(TABLES[ref.letter], ref.id)
    if row is None:
        raise NotFoundError(f"there is no {ref.kind} {ref}", hint=f"salestrack {ref.kind} list shows the ids")
    if into := row.get("merged_into"):
        keeper = store.names.labels([f"c{into}"])[0]
        raise RuleError(f"{ref} is part of {keeper} since they were merged", hint=f"salestrack history {ref}")
    if ref.letter == "p" and row["removed_on"]:
        raise RuleError(f"{ref} was taken off the list on {row['removed_on']}")


def _refuse_kind(store: Store, ref: Ref, default: str | None) -> None:
    if ref.letter in "io":
        op = store.removal.imported_by(ref.id) if ref.letter == "i" else ref.id
        if op is None:
            raise NotFoundError(f"there is no import {ref}")
        raise RuleError(f"{ref} is no record but an {ref.kind}", hint=f"salestrack undo o{op} takes it back")
    if default and ref.letter != default:
        raise RuleError(f"{ref} is no {KINDS[default]}", hint=f"salestrack rm {ref}")
    if ref.letter not in TABLES:
        raise NotFoundError(f"'{ref}' is the record you touched last, and there is none yet")


def _agree(store: Store, refs: Sequence[Ref], going: Going, ask: Ask | None) -> None:
    """Raise RuleError unless few records go, or somebody says so."""
    if size(going.chosen) + size(going.retired) < ASK_FROM and not going.told and not going.cleared:
        return
    along = f", with {tally(going.told)}" if going.told else ""
    cleared = f", taken out of {tally(going.cleared)}" if going.cleared else ""
    what = f"{_listed(store.names.labels([str(ref) for ref in refs]))}{along}{cleared}"
    if ask is None:
        raise UsageError(f"this would remove {what}", hint="add -y to do it; undo brings everything back")
    if not ask.confirm(f"Remove {what}?"):
        raise RuleError("nothing was removed")


def _said(store: Store, refs: Sequence[Ref]) -> tuple[Part, ...]:
    """Return the records by what they are, as long as they are few."""
    if len(refs) > 1:
        return (_listed(store.names.labels([str(ref) for ref in refs])),)
    ref = refs[0]
    if ref.letter == "d":
        deal = store.deals.get(ref.id)
        return (deal.ref, *([deal.amount] if deal.amount else []), deal.label)
    if ref.letter == "s":
        sale = store.sales.get(ref.id)
        return tuple(part for part in (sale.id_text, sale.amount, sale.customer, sale.title) if part)
    return (store.names.labels([str(ref)])[0],)


def _notes(store: Store, going: Going) -> tuple[str, ...]:
    kept = store.names.labels([f"p{key}" for key in sorted(going.retired.get("products", ()))])
    return (f"{_listed(kept)} was sold, so it stays on what it was sold by",) if kept else ()


def _owners(store: Store, refs: Sequence[Ref]) -> list[str]:
    """Return the customers of single records, for the history."""
    if len(refs) > 1:
        return []
    row = store.removal.find(TABLES[refs[0].letter], refs[0].id) or {}
    return [f"c{row['customer_id']}"] if row.get("customer_id") else []


def _in_sight(records: Records) -> Records:
    return {table: keys for table, keys in records.items() if table != "customers"}


def _named(records: Mapping[str, set[int]]) -> str:
    """Return records by number and id: `2 deals (d1, d4) and 1 sale (s3)`."""
    letters = {table: letter for letter, table in TABLES.items()}
    told = []
    for table, keys in records.items():
        ids = [f"{letters[table]}{key}" for key in sorted(keys)]
        more = " ..." if len(ids) > MOST_NAMED else ""
        told.append(f"{counted(len(ids), table)} ({', '.join(ids[:MOST_NAMED])}{more})")
    return " and ".join([", ".join(told[:-1]), told[-1]] if told[1:] else told)


def _listed(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
    return ", ".join(labels[:MOST_NAMED]) + more

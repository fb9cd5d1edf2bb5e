"""Making several entries of one customer, or of one person, a single one."""

from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.domain.customers import Contact, Customer
from salestrack.domain.imports import counted
from salestrack.domain.names import fold
from salestrack.domain.refs import AT, parse_refs
from salestrack.errors import AmbiguousError, NotFoundError, RuleError, UsageError
from salestrack.services.answers import Answer, Ask
from salestrack.store import Operation, Store


def find_customers(store: Store, words: Sequence[str]) -> list[Customer]:
    """Return the customers that words name: ids (c12, 12, 12-14) or names; one that was merged means its keeper.

    Raises NotFoundError or AmbiguousError.
    """
    keys = [key for word in words for key in _customer_ids(store, word)]
    return [store.customers.get(key) for key in dict.fromkeys(keys)]


def find_contacts(store: Store, words: Sequence[str]) -> list[Contact]:
    """Return the people that words name: ids (n3, 3, 3-5) or names; raises NotFoundError or AmbiguousError."""
    keys = [key for word in words for key in _contact_ids(store, word)]
    return [store.contacts.get(key) for key in dict.fromkeys(keys)]


def merge_customers(store: Store, keep: str, others: Sequence[str], *, ask: Ask | None, yes: bool) -> Answer:
    """Make other entries of a customer part of one; their names and ids mean that one from now on.

    Asks at a terminal; elsewhere it needs `yes`. Raises RuleError when nothing is left to merge.
    """
    kept, *_ = find_customers(store, [keep])
    merged = _others(kept, find_customers(store, others))
    moving = _moving(store, "customers", [other.id for other in merged])
    named = _labels(merged)
    along = "".join(f" ({told} along)" for told in _told(moving))
    _agree(f"{named} would become part of {_label(kept)}{along}", ask, yes=yes)
    with store.operation("merged") as op:
        kept, *rest = find_customers(store, [kept.ref, *(other.ref for other in merged)])
        merged = _others(kept, rest)
        op.touch(kept.ref, *(other.ref for other in merged))
        moving = _moving(store, "customers", [other.id for other in merged])
        notes = [note for other in merged for note in _take_in(store, kept, other, op)]
    took = f"took in {_labels(merged)}"
    return Answer((kept.ref, kept.name, took, *_told(moving)), op.id, tuple(notes))


def merge_contacts(store: Store, keep: str, others: Sequence[str], *, ask: Ask | None, yes: bool) -> Answer:
    """Make other entries of a person part of one; what was logged with them is with that one from now on.

    Asks at a terminal; elsewhere it needs `yes`. Raises RuleError when nothing is left to merge.
    """
    kept, *_ = find_contacts(store, [keep])
    merged = _others(kept, find_contacts(store, others))
    _agree(f"{_labels(merged)} would become part of {_label(kept)}", ask, yes=yes)
    with store.operation("merged") as op:
        kept, *merged = find_contacts(store, [kept.ref, *(other.ref for other in merged)])
        op.touch(kept.ref, *(other.ref for other in merged))
        moving = _moving(store, "contacts", [other.id for other in merged])
        notes: list[str] = []
        for other in merged:
            differing = store.merging.fill("contacts", kept.id, other.id)
            notes += _differing(store, kept.ref, {k: v for k, v in differing.items() if k != "customer_id"})
            if other.customer_id and kept.customer_id not in (None, other.customer_id):
                notes.append(f"{other.ref} was at {other.customer}; {kept.ref} stays at {kept.customer}")
            store.merging.relink("contacts", kept.id, other.id)
            store.engine.delete("contacts", other.id)
    return Answer((kept.ref, kept.label, f"took in {_labels(merged)}", *_told(moving)), op.id, tuple(notes))


def _take_in(store: Store, kept: Customer, other: Customer, op: Operation) -> list[str]:
    """Make one customer part of another; return remarks on what both say differently."""
    differing = store.merging.fill("customers", kept.id, other.id)
    store.merging.relink("customers", kept.id, other.id)
    known = {fold(name) for name in (kept.name, *store.customers.aliases(kept.id))}
    if fold(other.name) not in known:
        store.customers.add_alias(kept.id, other.name, op=op.id)
    store.merging.retire(other.id, kept.id)
    return _differing(store, kept.ref, differing)


def _others(kept: Any, found: Sequence[Any]) -> list[Any]:
    """Return the records that are not the one that stays; RuleError when there are none."""
    others = [record for record in found if record.id != kept.id]
    if not others:
        raise RuleError(f"that is one and the same: {_label(kept)}", hint="name the one to keep, then the others")
    return others


def _customer_ids(store: Store, word: str) -> list[int]:
    if refs := _refs(store, word, "c"):
        return [store.customers.keeper(ref) for ref in refs]
    who = store.names.who(word)
    if who.contact_id:
        raise RuleError(f"{who.contact} (n{who.contact_id}) is a person at {who.name}", hint="name the customer")
    if who.customer_id is None:
        raise NotFoundError(f"'{word}' belongs to no customer")
    return [who.customer_id]


def _contact_ids(store: Store, word: str) -> list[int]:
    if refs := _refs(store, word, "n"):
        return refs
    rows = store.names.records("contacts", word)
    if len(rows) == 1:
        return [rows[0]["id"]]
    if rows:
        fitting = ", ".join(f"{row['name']} (n{row['id']})" for row in rows[:5])
        raise AmbiguousError(f"'{word}' could be {fitting}", hint="type more of the name, or the id")
    near = store.names.suggestions("contacts", word)
    hint = f"did you mean {' or '.join(near)}?" if near else "salestrack contact list shows the names"
    raise NotFoundError(f"no contact is called '{word}'", hint=hint)


def _refs(store: Store, word: str, letter: str) -> list[int]:
    """Return the ids that a word lists, all of one kind; none when it is a name."""
    if word == AT:
        word = store.journal.last_ref(letter) or word
    if not (word[-1:].isdigit() and (word[:1].isdigit() or word[:1].lower() == letter)):
        return []
    if word[1:2].isalpha():
        return []
    refs = parse_refs(word, letter)
    if wrong := [ref for ref in refs if ref.letter != letter]:
        raise UsageError(f"{wrong[0]} is no {'customer' if letter == 'c' else 'contact'}")
    return [ref.id for ref in refs]


def _moving(store: Store, table: str, keys: Sequence[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key in keys:
        for child, count in store.merging.belongings(table, key).items():
            found[child] = found.get(child, 0) + count
    return found


def _told(counts: Mapping[str, int]) -> list[str]:
    """Return counts by kind in words, as `3 deals, 1 activity`; nothing for none."""
    told = ", ".join(counted(number, kind) for kind, number in counts.items())
    return [told] if told else []


def _agree(what: str, ask: Ask | None, *, yes: bool) -> None:
    """Raise RuleError unless somebody says yes to what is about to happen."""
    if yes:
        return
    if ask is None:
        raise UsageError(what, hint="add -y to do it; undo takes it back")
    if not ask.confirm(f"{what}. Merge?"):
        raise RuleError("nothing was merged")


def _differing(store: Store, ref: str, columns: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Return a remark on each column in which two records say something different."""
    names = {key: name for name, key in store.owners.all()} if "owner_id" in columns else {}
    notes = []
    for column, pair in columns.items():
        mine, theirs = (names.get(value, value) if column == "owner_id" else value for value in pair)
        notes.append(f"{ref} keeps its {column.removesuffix('_id').replace('_', ' ')} {mine}, not {theirs}")
    return notes


def _labels(records: Sequence[Any]) -> str:
    return ", ".join(_label(record) for record in records)


def _label(record: Any) -> str:
    return f"{record.ref} {record.label if isinstance(record, Contact) else record.name}"

"""The kinds of activity that a book knows."""

from datetime import date
from typing import NamedTuple

from salestrack.domain.kinds import check_kind_free, check_not_fixed, first_free, read_letter
from salestrack.domain.quoting import quoted
from salestrack.errors import UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store
from salestrack.store.listed import Listed

NO_LETTER = "-"


class Change(NamedTuple):
    """What `kind edit` changes; None leaves a thing as it is, and a dash takes the letter away."""

    name: str | None = None
    letter: str | None = None


def add_kind(store: Store, name: str, *, letter: str | None) -> Answer:
    """Add a kind with a letter: the one given, else the first free one of its name. A retired kind comes back."""
    with store.operation("added a kind") as op:
        taken = store.kinds.letters()
        check_kind_free(name.strip(), taken)
        found = store.kinds.exactly(name)
        place = {} if found else {"position": store.kinds.next_position()}
        kind, back = store.kinds.put(name, op=op.id, **place)
        chosen = _letter(letter) if letter else first_free(kind.name, taken)
        store.kinds.put_letter(kind.id, chosen)
        op.verb = f"added the kind {kind.name}"
    told = ("back again",) if back else ()
    return Answer((f"kind {kind.name}", *told, _said(chosen)), op.id)


def edit_kind(store: Store, text: str, change: Change) -> Answer:
    """Rename a kind, in everything that was logged too, or change its letter; RuleError for one known by name."""
    with store.operation("edited a kind") as op:
        kind = store.kinds.find(text)
        if change.name is None and change.letter is None:
            raise UsageError("nothing to change", hint="for example --name 'site visit', --letter s")
        now, told = _renamed(store, kind, change.name) if change.name is not None else ("", [])
        if change.letter is not None:
            told.append(_relettered(store, kind, change.letter))
        op.verb = f"edited the kind {kind.name}"
    return Answer((f"kind {kind.name}{now}", *told), op.id)


def retire_kind(store: Store, text: str, *, on: date) -> Answer:
    """Take a kind out of use and free its letter; what was logged or planned with it stays."""
    with store.operation("retired a kind") as op:
        kind = store.kinds.find(text)
        check_not_fixed(kind.name, "retired")
        planned = store.kinds.planned(kind.name)
        store.kinds.retire(kind.id, on=on, letter=None)
        op.verb = f"retired the kind {kind.name}"
    steps = "1 next step of it stays" if planned == 1 else f"{planned:,} next steps of it stay"
    notes = (f"{steps}: salestrack activity list --open --kind {quoted(kind.name)}",) if planned else ()
    return Answer((f"retired kind {kind.name}", "what was logged stays"), op.id, notes)


def _renamed(store: Store, kind: Listed, name: str) -> tuple[str, list[str]]:
    check_not_fixed(kind.name, "renamed")
    check_kind_free(name.strip(), store.kinds.letters())
    tidy = store.kinds.checked(name, kind)
    found = store.kinds.uses(kind.name)
    store.kinds.rename(kind.id, tidy)
    told = [f"in {found.activities:,} activit{'y' if found.activities == 1 else 'ies'}"]
    told += [f"and {found.rules} rule{'' if found.rules == 1 else 's'}"] if found.rules else []
    return f" -> {tidy}", told


def _relettered(store: Store, kind: Listed, text: str) -> str:
    letter, was = _letter(text), store.kinds.letter_of(kind.id)
    if letter == was:
        raise UsageError(f"{kind.name} has {_said(letter)} already")
    store.kinds.put_letter(kind.id, letter)
    return f"letter {was or 'none'} -> {letter or 'none'}"


def _letter(text: str) -> str | None:
    return None if text.strip() == NO_LETTER else read_letter(text)


def _said(letter: str | None) -> str:
    return f"letter {letter}" if letter else "no letter"

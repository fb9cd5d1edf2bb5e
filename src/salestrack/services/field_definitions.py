"""Defining the seller's own fields: add, rename, change the choices or the type, retire."""

import shlex
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.fields import (
    TYPE_NAMES,
    Field,
    Type,
    a,
    check_choices,
    check_name,
    fitting,
    parse_type,
    stored,
)
from salestrack.domain.names import fold, similar
from salestrack.domain.refs import KINDS
from salestrack.errors import NotFoundError, ParseError, RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store

_LISTED = "salestrack field list shows them"
_LETTERS = {record: letter for letter, record in KINDS.items()}


class Redefinition(NamedTuple):
    """What `field edit` changes; None or nothing leaves a thing as it is."""

    name: str | None = None
    type: str | None = None
    add: tuple[str, ...] = ()
    rename: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def add_field(store: Store, record: str, name: str, type_: str, choices: Sequence[str]) -> Answer:
    """Add a field to a kind of record; a retired one of that name and type comes back with its values.

    Raises UsageError for a name that means something else already, RuleError for one that is there.
    """
    tidy, kind = check_name(record, name), parse_type(type_)
    offered = check_choices(list(choices))
    if (kind == "choice") != bool(offered):
        raise _choices_wrong(record, tidy, kind)
    with store.operation(f"added the field {record}.{tidy}") as op:
        known = store.fields.exact(record, tidy)
        if known and not known.removed_on:
            raise RuleError(
                f"{a(record)} has the field {known.name} already", hint=f"salestrack field edit {record} {known.name}"
            )
        if known:
            return Answer(_brought_back(store, known, kind, offered), op.id)
        field = store.fields.add(record, tidy, kind, offered, op=op.id)
    return Answer(_told(field), op.id, (f"set it with --field {shlex.quote(_example(field))}",))


def edit_field(store: Store, record: str, name: str, change: Redefinition) -> Answer:
    """Rename a field, with its values, or change its choices or type.

    Raises RuleError where a value does not fit the new type or a choice that goes is in use, UsageError when nothing
    would change.
    """
    with store.operation("") as op:
        before = store.fields.resolve(record, name, hint=_LISTED)
        op.verb = f"changed the field {before.label}"
        told: list[str] = []
        after = _renamed(store, before, change.name)
        if after.name != before.name:
            told.append(f"name {before.name} -> {after.name}")
            after = store.fields.save(before, after)
        after = _rechosen(store, after, change, told)
        if change.type is not None and (kind := parse_type(change.type)) != after.type:
            told.append(f"{TYPE_NAMES[after.type]} -> {TYPE_NAMES[kind]}")
            after = _retyped(store, after, kind)
        if not told:
            raise UsageError("nothing to change", hint="for example --name tier, --add platinum, --type number")
        store.fields.save(after, after)
    return Answer((f"field {before.label}", *told), op.id)


def retire_field(store: Store, record: str, name: str, *, on: date) -> Answer:
    """Retire a field: its values stay, out of sight, and adding it again brings them back."""
    with store.operation("") as op:
        field = store.fields.resolve(record, name, hint=_LISTED)
        op.verb = f"retired the field {field.label}"
        store.fields.save(field, field._replace(removed_on=on))
        (count,) = store.fields.counts(record, (field.name,))
    kept = (f"{count} {'value' if count == 1 else 'values'} kept out of sight",) if count else ()
    again = " ".join((record, field.name, field.type, *field.choices))
    return Answer((f"field {field.label} retired", *kept), op.id, (f"salestrack field add {again} brings it back",))


def _choices_wrong(record: str, name: str, kind: Type) -> UsageError:
    if kind == "choice":
        return UsageError(
            f"say what {name} can be chosen from", hint=f"salestrack field add {record} {name} choice gold silver"
        )
    return UsageError(f"{a(TYPE_NAMES[kind])} field has no choices", hint="their type is choice")


def _told(field: Field) -> tuple[str, ...]:
    return (f"field {field.label}", TYPE_NAMES[field.type], *((", ".join(field.choices),) if field.choices else ()))


def _example(field: Field) -> str:
    value = {"text": "north", "number": "40", "money": "1200", "date": "2026-03-15", "yesno": "yes"}
    return f"{field.name}={field.choices[0] if field.choices else value.get(field.type, 'north')}"


def _brought_back(store: Store, known: Field, kind: Type, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Bring a retired field back as it is asked for now; its values must fit."""
    merged = choices + tuple(old for old in known.choices if fold(old) not in {fold(new) for new in choices})
    after = known._replace(removed_on=None, choices=merged if kind == "choice" else ())
    if kind != known.type:
        after = _retyped(store, after, kind)
    store.fields.save(known, after)
    (count,) = store.fields.counts(known.record, (after.name,))
    return (*_told(after), f"back with {count} {'value' if count == 1 else 'values'}")


def _renamed(store: Store, field: Field, name: str | None) -> Field:
    if name is None:
        return field
    tidy = check_name(field.record, name)
    other = store.fields.exact(field.record, tidy)
    if other and other.id != field.id:
        retired = ", retired" if other.removed_on else ""
        raise RuleError(f"{a(field.record)} has the field {other.name} already{retired}")
    return field._replace(name=tidy)


def _rechosen(store: Store, field: Field, change: Redefinition, told: list[str]) -> Field:
    """Add, rename and remove choices, in that order."""
    if not (change.add or change.rename or change.remove):
        return field
    kind = parse_type(change.type) if change.type else field.type
    if kind != "choice":
        raise UsageError(f"{field.label} is {a(TYPE_NAMES[field.type])} and has no choices")
    choices = list(field.choices)
    for text in check_choices(change.add):
        if fold(text) in map(fold, choices):
            raise RuleError(f"{text} is a choice of {field.name} already")
        choices.append(text)
        told.append(f"+ {text}")
    for text in change.rename:
        told.append(_choice_renamed(store, field, choices, text))
    for text in change.remove:
        told.append(_choice_removed(store, field, choices, text))
    if not choices:
        raise RuleError(
            f"{field.name} would have no choices left", hint=f"salestrack field rm {field.record} {field.name}"
        )
    return field._replace(choices=tuple(choices))


def _choice_renamed(store: Store, field: Field, choices: list[str], text: str) -> str:
    old_text, equals, new_text = text.partition("=")
    if not equals:
        raise UsageError(f"--rename '{text}' is not OLD=NEW", hint="for example --rename bronze=silver")
    old, (new,) = _choice(field, choices, old_text), check_choices([new_text])
    taken = next((choice for choice in choices if fold(choice) == fold(new) and choice != old), None)
    count = store.fields.replace(field, old, taken or new)
    if taken:
        choices.remove(old)
    else:
        choices[choices.index(old)] = new
    return f"{old} -> {taken or new}" + (f" on {count} {'record' if count == 1 else 'records'}" if count else "")


def _choice_removed(store: Store, field: Field, choices: list[str], text: str) -> str:
    old = _choice(field, choices, text)
    if count := store.fields.count(field, old):
        has = "record has" if count == 1 else "records have"
        others = next((choice for choice in choices if choice != old), "OTHER")
        raise RuleError(
            f"{count} {has} {field.name} {old}",
            hint=f"salestrack field edit {field.record} {field.name} --rename {old}={others} moves them",
        )
    choices.remove(old)
    return f"- {old}"


def _choice(field: Field, choices: Sequence[str], text: str) -> str:
    for choice in choices:
        if fold(choice) == fold(text):
            return choice
    near = similar(text, choices, most=1)
    hint = f"did you mean {near[0]}?" if near else None
    raise NotFoundError(f"{field.name} has no choice '{text}'; it has {', '.join(choices)}", hint=hint)


def _retyped(store: Store, field: Field, kind: Type) -> Field:
    """Turn every value into another type; RuleError naming the first that does not fit, and where it stands."""
    after = field._replace(type=kind, choices=field.choices if kind == "choice" else ())
    if kind == "choice" and not after.choices:
        raise UsageError(f"say what {field.name} can be chosen from", hint="--add gold --add silver")
    currency = store.settings.book.currency
    for key, text in list(store.fields.values(field)):
        try:
            value = fitting(after, text, currency=currency)
        except ParseError as error:
            where = f"{_LETTERS[field.record]}{key}" if field.record in _LETTERS else f"{field.record} {key}"
            raise RuleError(f"{where} stands in the way: {error.message}", hint=_mend(field, where)) from None
        if stored(value) != text:
            store.fields.put(field.record, key, {field.name: value})
    return after


def _mend(field: Field, where: str) -> str | None:
    return (
        f"salestrack edit {where} --field {shlex.quote(f'{field.name}=VALUE')}, or {shlex.quote(f'{field.name}=')} for none"
        if where[1:].isdigit()
        else None
    )


def field_rows(store: Store, record: str | None) -> list[dict[str, Any]]:
    """Return the rows of the list of fields: record, name, type, choices, and how many records have a value."""
    fields = store.fields.all(record)
    counts: dict[int, int] = {}
    for kind in dict.fromkeys(field.record for field in fields):
        own = [field for field in fields if field.record == kind]
        found = store.fields.counts(kind, tuple(field.name for field in own))
        counts |= {field.id: count for field, count in zip(own, found, strict=True)}
    return [
        {
            "record": field.record,
            "name": field.name,
            "type": TYPE_NAMES[field.type],
            "choices": field.choices,
            "values": counts[field.id],
        }
        for field in fields
    ]

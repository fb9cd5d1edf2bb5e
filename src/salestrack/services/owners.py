"""The people who sell: several in one book, one of them its default."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.domain.reach import checked_email
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Operation, Store
from salestrack.store.listed import Listed

if TYPE_CHECKING:
    from salestrack.services.fields import Values

DEFAULT = "owner"


class Change(NamedTuple):
    """What `owner edit` changes; None leaves a thing as it is, and `-` takes the address away."""

    name: str | None = None
    email: str | None = None
    default: bool = False
    fields: "Values | None" = None


def add_owner(store: Store, name: str, *, email: str | None, fields: "Values | None" = None) -> Answer:
    """Add a person who sells, or bring a retired one back; RuleError when there is one of that name."""
    address = checked_email(email) if email is not None else None
    with store.operation("added an owner") as op:
        owner, back = store.owners.put(name, op=op.id, **({"email": address} if address else {}))
        said = fields.put(store, "owner", owner.id, op=op) if fields else []
        none_yet = store.settings.book.owner_id is None
    told = [owner.name, *(["back again"] if back else []), *([address] if address else []), *said]
    notes = (
        (f"the book has no default owner: salestrack owner edit {quoted(owner.name)} --default",) if none_yet else ()
    )
    return Answer((f"owner {told[0]}", *told[1:]), op.id, notes)


def edit_owner(store: Store, text: str, change: Change) -> Answer:
    """Rename a person, change the address, or make somebody the book's default; records follow the new name."""
    with store.operation("edited an owner") as op:
        owner = store.owners.find(text)
        if change == Change():
            raise UsageError("nothing to change", hint="for example --name Ana, --email ana@example.org, --default")
        told = [f"owner {owner.name}"]
        if change.name is not None:
            tidy = store.owners.checked(change.name, owner)
            store.owners.rename(owner.id, tidy)
            told = [f"owner {owner.name} -> {tidy}"]
        if change.email is not None:
            told.append(_readdressed(store, owner, change.email))
        if change.fields:
            told += change.fields.put(store, "owner", owner.id, op=op)
        if change.default:
            told.append(_defaulted(store, owner, op))
    return Answer(tuple(told), op.id)


def retire_owner(store: Store, text: str, *, to: str | None, on: date) -> Answer:
    """Retire a person; open deals, next steps and customers stay theirs, or go to another in the same operation."""
    with store.operation("retired an owner") as op:
        store.stages.refresh()
        owner = store.owners.find(text, retired=to is not None)
        other = _other(store, owner, to) if to is not None else None
        told = _theirs(store, owner)
        if owner.removed_on and not told:
            raise RuleError(f"{owner.name} was retired on {owner.removed_on}, and nothing of theirs is left")
        if store.settings.book.owner_id == owner.id:
            store.settings.put(DEFAULT, str(other.id) if other else "", op=op.id)
            told.append(f"default owner now: {other.name if other else 'nobody'}")
        if other:
            _hand_over(store, owner, other, op, on)
        if not owner.removed_on:
            store.owners.retire(owner.id, on=on)
    held = [part for part in told if not part.startswith("default")]
    notes: tuple[str, ...] = ()
    if held and other:
        told = [f"{', '.join(held)} handed over to {other.name}", *told[len(held) :]]
    elif held:
        told = told[len(held) :]
        notes = (f"still theirs: {', '.join(held)} (salestrack owner rm {quoted(owner.name)} --to NAME hands over)",)
    if targets := store.owners.quotas(owner.id):
        word = "quota of theirs stays" if targets == 1 else "quotas of theirs stay"
        notes += (f"{targets:,} {word} (salestrack quota list --owner {quoted(owner.name)})",)
    return Answer((f"retired owner {owner.name}", *told), op.id, notes)


def _other(store: Store, owner: Listed, to: str) -> Listed:
    other = store.owners.find(to)
    if other.id == owner.id:
        raise RuleError(f"{owner.name} cannot take over from themselves", hint="--to somebody else")
    return other


def _theirs(store: Store, owner: Listed) -> list[str]:
    """Return what an owner holds, counted in words."""
    counts = (
        (len(store.owners.open_deals(owner.id)), "open deal"),
        (store.owners.planned(owner.id), "next step"),
        (store.owners.customers(owner.id), "customer"),
    )
    return [f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in counts if count]


def _hand_over(store: Store, owner: Listed, other: Listed, op: Operation, on: date) -> None:
    for key in store.owners.open_deals(owner.id):
        deal = store.deals.get(key)
        store.deals.save(deal, deal._replace(owner_id=other.id), on=on, op=op.id)
        op.touch(deal.ref)
    store.owners.hand_over(owner.id, other.id)


def _defaulted(store: Store, owner: Listed, op: Operation) -> str:
    if store.settings.book.owner_id == owner.id:
        raise RuleError(f"{owner.name} is the book's default owner already")
    store.settings.put(DEFAULT, str(owner.id), op=op.id)
    return "default owner of this book"


def _readdressed(store: Store, owner: Listed, text: str) -> str:
    address, was = None if text.strip() == "-" else checked_email(text), store.owners.email_of(owner.id)
    if address == was:
        raise RuleError(f"{owner.name} has this address already")
    store.owners.put_email(owner.id, address)
    return f"email {was or 'none'} -> {address or 'none'}"

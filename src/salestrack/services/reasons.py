"""The reasons for losing: which there are, and whether one must be given."""

from datetime import date

from salestrack.domain.deals import Deal
from salestrack.domain.quoting import quoted
from salestrack.errors import UsageError
from salestrack.services.answers import Answer, Ask
from salestrack.services.consent import consent
from salestrack.store import Operation, Store


def reason_for(store: Store, deal: Deal, text: str | None, *, new: bool, op: Operation) -> int | None:
    """Return the id of the reason that text names, added where `new` says so; None without a text.

    UsageError without one where the book wants one, NotFoundError or RuleError for an unknown or retired one.
    """
    if text is not None:
        return store.reasons.ensure(text, op=op.id).id if new else store.reasons.find(text).id
    if not store.settings.book.reason_required:
        return None
    known = ", ".join(one.name for one in store.reasons.listed())
    raise UsageError(f"say why {deal.ref} was lost", hint=f"salestrack lost {deal.ref} REASON: {known}")


def ask_reason(store: Store, deal: Deal, ask: Ask | None) -> str | None:
    """Return the reason that a person chooses; None where none must be given, or nobody can be asked."""
    if ask is None or not store.settings.book.reason_required:
        return None
    known = [one.name for one in store.reasons.listed()]
    chosen = ask.choose(f"Why was {deal.ref} {deal.label} lost?", known, needed=True) if known else None
    return None if chosen is None else known[chosen]


def add_reason(store: Store, name: str) -> Answer:
    """Add a reason, or bring a retired one back; RuleError when there is one of that name."""
    with store.operation("added a reason") as op:
        reason, back = store.reasons.put(name, op=op.id)
        op.verb = f"added the reason {reason.name}"
        uses = store.reasons.uses(reason.id) if back else 0
    told = (f"back again, with {deals(uses)}",) if back else ()
    return Answer((f"reason {reason.name}", *told), op.id)


def rename_reason(store: Store, text: str, name: str, *, ask: Ask | None, yes: bool) -> Answer:
    """Rename a reason; onto another one it becomes that one, with all its deals, after asking."""
    reason, other = store.reasons.find(text, retired=True), store.reasons.exactly(name)
    if other and other.id != reason.id:
        return _merge(store, reason.name, other.name, ask=ask, yes=yes)
    with store.operation("renamed a reason") as op:
        reason = store.reasons.find(text, retired=True)
        tidy = store.reasons.checked(name, reason)
        store.reasons.rename(reason.id, tidy)
        op.verb = f"renamed the reason {reason.name} to {tidy}"
        uses = store.reasons.uses(reason.id)
    return Answer((f"reason {reason.name} -> {tidy}", deals(uses)), op.id)


def _merge(store: Store, name: str, other: str, *, ask: Ask | None, yes: bool) -> Answer:
    uses = store.reasons.uses(store.reasons.find(name, retired=True).id)
    consent(
        f"there is a reason {quoted(other)} already; {quoted(name)} becomes one with it, with {deals(uses)}",
        ask=ask,
        yes=yes,
    )
    with store.operation(f"merged the reason {name} into {other}") as op:
        reason, into = store.reasons.find(name, retired=True), store.reasons.find(other, retired=True)
        uses = store.reasons.merge(reason.id, into.id)
    return Answer((f"reason {name} is {other} now", f"{deals(uses)} moved"), op.id)


def retire_reason(store: Store, text: str, *, on: date) -> Answer:
    """Take a reason out of use; deals that were lost for it keep it."""
    with store.operation("retired a reason") as op:
        reason = store.reasons.find(text)
        store.reasons.retire(reason.id, on=on)
        op.verb = f"retired the reason {reason.name}"
        uses = store.reasons.uses(reason.id)
        left = len(store.reasons.listed())
    notes = () if left else ("no reason is left to choose from: salestrack reason add, or lost --new-reason",)
    kept = (f"{deals(uses)} keep{'s' if uses == 1 else ''} it",) if uses else ()
    return Answer((f"retired reason {reason.name}", *kept), op.id, notes)


def deals(count: int) -> str:
    """Return how many deals in words."""
    return f"{count:,} deal{'' if count == 1 else 's'}"

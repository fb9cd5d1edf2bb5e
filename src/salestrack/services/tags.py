"""Tags as a whole: renamed, made one, taken off everything."""

from collections.abc import Mapping

from salestrack.domain.quoting import quoted
from salestrack.errors import RuleError
from salestrack.services.answers import Answer, Ask
from salestrack.services.consent import FEW, consent
from salestrack.store import Store
from salestrack.store.listed import entry_name

_MANY = {"activity": "activities"}


def edit_tag(store: Store, text: str, name: str, *, ask: Ask | None, yes: bool) -> Answer:
    """Rename a tag; onto another one it becomes that one wherever it stands, after asking."""
    tidy = entry_name(name, "tag")
    key, other = store.tags.resolve(text), store.tags.exactly(tidy)
    if other and other[1] != key:
        return _merge(store, key, other, ask=ask, yes=yes)
    with store.operation("renamed a tag") as op:
        key = store.tags.resolve(text)
        was = _name(store, key)
        if was == tidy:
            raise RuleError(f"the tag is called {tidy} already")
        store.tags.rename(key, tidy)
        op.verb = f"renamed the tag {was} to {tidy}"
        uses = store.tags.uses(key)
    return Answer((f"tag {was} -> {tidy}", _told(uses)), op.id)


def _merge(store: Store, key: int, other: tuple[str, int], *, ask: Ask | None, yes: bool) -> Answer:
    was, name = _name(store, key), other[0]
    told = _told(store.tags.uses(key))
    consent(f"there is a tag {quoted(name)} already; {quoted(was)} becomes one with it ({told})", ask=ask, yes=yes)
    with store.operation(f"merged the tag {was} into {name}") as op:
        key, into = store.tags.resolve(was), store.tags.resolve(name)  # others may have changed them meanwhile
        uses = store.tags.uses(key)
        store.tags.merge(key, into)
    return Answer((f"tag {was} is {name} now", _told(uses)), op.id)


def remove_tag(store: Store, text: str, *, ask: Ask | None, yes: bool) -> Answer:
    """Take a tag off everything; asks when that is more than a few records."""
    key = store.tags.resolve(text)
    name, uses = _name(store, key), store.tags.uses(key)
    if sum(uses.values()) >= FEW:
        consent(f"the tag {quoted(name)} stands on {_told(uses)}", ask=ask, yes=yes)
    with store.operation(f"removed the tag {name}") as op:
        key = store.tags.resolve(name)
        uses = store.tags.uses(key)
        store.tags.remove(key)
    return Answer((f"removed tag {name}", f"it stood on {_told(uses)}"), op.id)


def _name(store: Store, key: int) -> str:
    return next(name for name, found in store.tags.all() if found == key)


def _told(uses: Mapping[str, int]) -> str:
    """Return on how many records of each kind a tag stands, in words."""
    told = [f"{n:,} {record if n == 1 else _MANY.get(record, f'{record}s')}" for record, n in uses.items()]
    return ", ".join(told) or "nothing"

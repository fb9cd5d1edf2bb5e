"""Owners and products that came with an import and are nearly called like others, and records that nobody owns."""

from shlex import quote

from salestrack.domain.names import fold, unaccented
from salestrack.services.imports.reading import Reading

MOST_COMPARED = 20_000
MOST_NAMED = 5
_OWNED = {"deals", "sales", "activities", "customers"}
_FIELDS = {"owners": "owner", "products": "product"}


def likenesses(reading: Reading) -> list[str]:
    """Return remarks on new owners and products that nearly have the name of others; none where there are very many."""
    notes = []
    for table, field in _FIELDS.items():
        new = [row["name"] for row in reading.staged.created(table)]
        names = [name for name, _ in reading.matching.named(table)] if new else []
        if not new or len(names) > MOST_COMPARED:
            continue
        if pairs := _alike(new, names, people=table == "owners"):
            notes.append(_said(field, pairs))
    return notes


def unowned(reading: Reading) -> list[str]:
    """Return a remark on records without an owner at the first import of a source, in a book with a default owner."""
    default, kind = reading.store.settings.book.owner_id, reading.kind.name
    if not default or kind not in _OWNED or (reading.mapping.has("owner") and reading.staged.owned()):
        return []
    name = reading.matching.ids("owners", [default]).get(default, "")
    return [f"no row names an owner, and none is assumed; the book's default: --set {quote(f'owner={name}')}"]


def _alike(new: list[str], names: list[str], *, people: bool) -> list[tuple[str, str]]:
    """Return pairs of a new name and one that was there before, or came before it."""
    fresh = set(new)
    seen: dict[str, str] = {}
    known = [name for name in names if name not in fresh]
    for name in [*known, *new]:
        seen.setdefault(_squeezed(name), name)
    words = [(fold(name).split(), name) for name in known] if people else []
    found = []
    for name in new:
        other = seen[_squeezed(name)]
        if other == name:
            mine = fold(name).split()
            other = next((each for theirs, each in words if _begins(mine, theirs) or _begins(theirs, mine)), name)
        if other != name:
            found.append((name, other))
    return found


def _begins(one: list[str], other: list[str]) -> bool:
    return 0 < len(one) < len(other) and other[: len(one)] == one


def _squeezed(name: str) -> str:
    return unaccented(fold(name)).replace(" ", "")


def _said(field: str, pairs: list[tuple[str, str]]) -> str:
    named = ", ".join(f"{name} and {other}" for name, other in pairs[:MOST_NAMED])
    more = f" and {len(pairs) - MOST_NAMED} more" if len(pairs) > MOST_NAMED else ""
    looks = (
        f"1 new {field} looks like another one" if len(pairs) == 1 else f"{len(pairs)} new {field}s look like others"
    )
    name, other = pairs[0]
    return f"{looks}: {named}{more}; if they are one: undo this, and import with --value {quote(f'{field}:{name}={other}')}"

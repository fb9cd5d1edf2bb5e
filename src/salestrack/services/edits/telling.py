"""What an edit says: one record in full, many by what they have in common."""

from collections.abc import Sequence
from typing import NamedTuple

from salestrack.domain.money import PLAIN_STYLE, Money
from salestrack.domain.refs import KINDS, Ref
from salestrack.services.answers import Part

MOST_LINES = 15
MOST_GROUPS = 5
_WIDEST = 44
_PLURALS = {"activity": "activities"}


class Changed(NamedTuple):
    """One record with what changed on it."""

    ref: Ref
    label: str
    parts: tuple[Part, ...]


def compact(refs: Sequence[Ref]) -> str:
    """Return ids as a person would write them: `d12, d14-d16`."""
    runs: list[list[Ref]] = []
    for ref in refs:
        if runs and ref == Ref(runs[-1][-1].letter, runs[-1][-1].id + 1):
            runs[-1].append(ref)
        else:
            runs.append([ref])
    words = []
    for run in runs:
        words += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(ref) for ref in run]
    return ", ".join(words)


def counted(refs: Sequence[Ref]) -> str:
    """Return how many records there are, by their kind where it is one: `3 deals`."""
    kinds = {KINDS[ref.letter] for ref in refs}
    noun = kinds.pop() if len(kinds) == 1 else "record"
    return f"{len(refs)} {noun if len(refs) == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Return the name of several records of a kind."""
    return _PLURALS.get(noun, f"{noun}s")


def of_one(changed: Changed) -> tuple[Part, ...]:
    """Return the parts of the answer about one record."""
    if changed.ref.letter == "a":  # as in `a3 call · Acme`, which is how logging calls it
        return (f"{changed.ref} {changed.label}", *changed.parts)
    return (str(changed.ref), *([changed.label] if changed.label else []), *changed.parts)


def of_many(changes: Sequence[Changed]) -> tuple[Part, ...]:
    """Return the parts of the answer about several records: each change once, with the ids that it was made on."""
    groups: dict[Part, list[Ref]] = {}
    for changed in changes:
        for part in changed.parts:
            groups.setdefault(_without_old(part), []).append(changed.ref)
    together: dict[tuple[Ref, ...], list[Part]] = {}
    for part, refs in groups.items():
        together.setdefault(tuple(refs), []).append(part)
    told: list[Part] = []
    for where, parts in list(together.items())[:MOST_GROUPS]:
        told.append((*_listed(parts), f"({compact(where)})"))
    left = len(together) - MOST_GROUPS
    return (counted([changed.ref for changed in changes]), *told, *([f"and {left} more changes"] if left > 0 else []))


def preview(changes: Sequence[Changed]) -> str:
    """Return lines that show what would change, at most fifteen."""
    shown = changes[:MOST_LINES]
    width = max(len(str(changed.ref)) for changed in shown)
    names = [_cut(changed.label) for changed in shown]
    widest = max(map(len, names))
    lines = [
        f"{str(changed.ref).ljust(width)}  {name.ljust(widest)}  {', '.join(_text(part) for part in changed.parts)}"
        for changed, name in zip(shown, names, strict=True)
    ]
    left = len(changes) - len(shown)
    return "\n".join([*lines, *([f"... and {left} more"] if left else [])])


def _without_old(part: Part) -> Part:
    """Return `owner -> Ana` of `owner none -> Ana`: the former values differ from record to record."""
    return (part[0], *part[2:]) if isinstance(part, tuple) and len(part) == 4 and part[2] == "->" else part


def _listed(parts: Sequence[Part]) -> list[str | Money]:
    pieces: list[str | Money] = []
    for number, part in enumerate(parts, 1):
        own = list(part) if isinstance(part, tuple) else [part]
        if number < len(parts):
            last = own.pop()
            own.append(f"{_text(last)},")
        pieces += own
    return pieces


def _text(part: Part) -> str:
    if isinstance(part, Money):
        return part.text(PLAIN_STYLE)
    return part if isinstance(part, str) else " ".join(_text(piece) for piece in part)


def _cut(label: str) -> str:
    return label if len(label) <= _WIDEST else f"{label[: _WIDEST - 3]}..."

"""Undo and redo: which operation is meant, and what came of it."""

from collections.abc import Sequence

from salestrack.domain.imports import counted
from salestrack.domain.money import PLAIN_STYLE, NumberStyle
from salestrack.domain.refs import parse_ref
from salestrack.errors import NotFoundError, RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store
from salestrack.store.chronicle import TABLES
from salestrack.store.journal import Done
from salestrack.store.undo import Undo, Undone

MOST_NAMED = 4  # records in a sentence
MOST_SAID = 4  # changes that the answer to an undo names one by one


def undo(store: Store, text: str | None, *, style: NumberStyle = PLAIN_STYLE) -> Answer:
    """Take an operation back: the one named, or your latest; naming an undo puts back what it took."""
    target = _named(store, text) if text else store.journal.latest(undone=False)
    if target is None:
        raise NotFoundError("there is nothing to undo")
    if target.kind == "undo":
        return redo(store, f"o{target.target}", style=style)
    if target.kind == "redo":
        return undo(store, f"o{target.target}", style=style)
    if target.kind == "make":
        raise RuleError("making the book cannot be undone", hint="delete the file if you do not want it")
    if target.undone_by:
        raise RuleError(f"o{target.id} is undone already, by o{target.undone_by}", hint=f"salestrack redo o{target.id}")
    was = sentence(store, target)
    with store.operation("undid", kind="undo", target=target.id) as op:
        _refuse_meanwhile(store, target)
        result = Undo(store.engine).take_back(target.id, keep_later_work=target.kind == "import")
        store.engine.update("operations", target.id, {"undone_by": op.id})
        op.touch(*target.refs)
        changed = _changed(store, target, op.id, style) if target.kind == "do" else _counted(result)
    notes = _kept(target.id) if result.kept else _stayed(store, target)
    return Answer((f"undid o{target.id}", was, *changed, f"redo: salestrack redo o{target.id}"), None, notes)


def redo(store: Store, text: str | None, *, style: NumberStyle = PLAIN_STYLE) -> Answer:
    """Put an undone operation in force again: the one named, or the one undone last where nothing was done since.

    RuleError naming it where something was.
    """
    target = _named(store, text) if text else store.journal.latest(undone=True)
    if target is None:
        raise NotFoundError("there is nothing to redo")
    if text is None:
        _refuse_late(store, target)
    if target.kind in {"undo", "redo"} and target.target:
        target = store.journal.get(target.target)
    if target.undone_by is None:
        raise RuleError(f"o{target.id} is in force; there is nothing to redo", hint="salestrack history")
    with store.operation("redid", kind="redo", target=target.id) as op:
        _refuse_meanwhile(store, target)
        Undo(store.engine).put_back(target.id, target.undone_by)
        store.engine.update("operations", target.id, {"undone_by": None})
        op.touch(*target.refs)
        changed = _changed(store, target, op.id, style) if target.kind == "do" else ()
    return Answer((f"redid o{target.id}", sentence(store, target), *changed, f"undo: o{target.id}"), None)


def _refuse_late(store: Store, target: Done) -> None:
    """Refuse to redo what was undone before other work, unless it is named."""
    if last := store.journal.done_since(target.undone_by or target.id):
        since = f"since then came o{last.id}, {sentence(store, last)}"
        raise RuleError(
            f"o{target.id}, {sentence(store, target)}, was undone by o{target.undone_by}; {since}",
            hint=f"salestrack redo o{target.id} if you mean it",
        )


def _changed(store: Store, target: Done, op: int, style: NumberStyle) -> tuple[str, ...]:
    """Return what an undo or redo that is being carried out changed, column by column where that is short."""
    from salestrack.services.changes import Changes

    acting = store.journal.get(op)._replace(refs=target.refs)
    back = [ref for ref in target.refs if ref[0] in TABLES and store.chronicle.came_back(ref, target.id)]
    more = f" and {len(back) - MOST_SAID} more" if len(back) > MOST_SAID else ""
    said = [f"{', '.join(back[:MOST_SAID])}{more} back"] if back else []
    said += [text for text in Changes(store, style).of(acting) if text not in said]
    if not said or len(said) > MOST_SAID:
        return (f"{len(said)} changes",) if said else ()
    return (", ".join(said),)


def _counted(result: Undone) -> tuple[str, ...]:
    """Return what became of an import's records; the three figures add up to all of them."""
    failed = result.among - result.records - result.kept
    records = f"{result.among:,} record{'s' * (result.among != 1)}"
    counts = f"{records}: {result.records:,} undone, {result.kept:,} kept, {failed:,} failed"
    if not result.kept:
        return (counts,)
    named = ", ".join(result.named) + (" ..." if result.kept > len(result.named) else "")
    them = "it" if result.kept == 1 else "them"
    return (counts, f"kept because later work changed or uses {them}: {named}")


def _stayed(store: Store, target: Done) -> tuple[str, ...]:
    """Return what came to a customer since another one was merged into it: nobody knows whose it would have been."""
    if target.verb != "merged" or not target.refs or target.refs[0][0] != "c":
        return ()
    kept, *others = store.names.labels([ref for ref in target.refs if ref[0] == "c"])
    found = store.merging.came_since(int(target.refs[0][1:]), target.id)
    if not found or not others:
        return ()
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    other = others[0].partition(" ")[0]
    mend = f"what belongs to {others[0]} goes there with: salestrack edit {found[0]} --customer {other}"
    return (f"{', '.join(found[:MOST_NAMED])}{more} came since the merge and {_stay(found)} at {kept} ({mend})",)


def _stay(found: Sequence[str]) -> str:
    return "stays" if len(found) == 1 else "stay"


def _kept(op: int) -> tuple[str, ...]:
    return (f"undo the later work, then: salestrack redo o{op}; salestrack undo o{op}",)


def sentence(store: Store, done: Done) -> str:
    """Return what an operation did in words; names are looked up now, so that nothing erased lives on here."""
    if done.kind in {"undo", "redo"} and done.target:
        return f"{done.verb} o{done.target}: {sentence(store, store.journal.get(done.target))}"
    named = _labels(store, done.refs[:MOST_NAMED])
    if done.kind == "import" and (imported := store.chronicle.imported(done.id)):
        counts = f"{imported['new_rows']:,} new, {imported['changed_rows']:,} changed"
        several = f"{done.refs[0]} to {done.refs[-1]}" if len(done.refs) > 1 else None
        return f"{done.verb} · {several or (named[0] if named else 'a file')}: {counts}"
    more = f" and {len(done.refs) - MOST_NAMED} more" if len(done.refs) > MOST_NAMED else ""
    others = f" · {', '.join(named[1:])}{more}" if named[1:] else ""
    return f"{done.verb} {named[0] if named else ''}{others}{_along(store, done)}".strip()


def _along(store: Store, done: Done) -> str:
    """Return what a removal took along with the records that it names."""
    if done.verb != "removed" or not done.refs:
        return ""
    told, gone = [], store.chronicle.removed(done.id)
    for letter in "dsanpq":  # a customer that goes along was merged into the one that is named, and is out of sight
        left = gone.get(letter, 0) - sum(ref[0] == letter for ref in done.refs)
        told += [counted(left, TABLES[letter])] if left > 0 else []
    return f" with {', '.join(told)}" if told else ""


def _labels(store: Store, refs: Sequence[str]) -> list[str]:
    """Return ids with the names they have, or had when they were removed."""
    labels = store.names.labels(refs)
    for at, (ref, label) in enumerate(zip(refs, labels, strict=True)):
        if label == ref and ref[0] in TABLES and (gone := store.chronicle.gone(ref)):
            name = gone.get("name") or gone.get("title") or gone.get("kind")
            labels[at] = f"{ref} {name}" if name else ref
    return labels


def _refuse_meanwhile(store: Store, target: Done) -> None:
    """Another process may have undone or redone the same operation while this one waited for the book."""
    if store.journal.get(target.id).undone_by != target.undone_by:
        raise RuleError(f"o{target.id} was undone or redone by somebody else just now", hint="salestrack history")


def _named(store: Store, text: str) -> Done:
    ref = parse_ref(text, "o")
    if ref is None or ref.letter != "o":
        raise UsageError(f"'{text}' is not an operation", hint="salestrack history lists them, like o12")
    return store.journal.get(ref.id)

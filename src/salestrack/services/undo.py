"""Undo and redo: which operation is meant, and what came of it."""

from salestrack.domain.refs import parse_ref
from salestrack.errors import NotFoundError, RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store
from salestrack.store.journal import Done
from salestrack.store.undo import Undo, Undone


def undo(store: Store, text: str | None) -> Answer:
    """Take an operation back: the one named, or your latest; naming an undo puts back what it took."""
    target = _named(store, text) if text else store.journal.latest(undone=False)
    if target is None:
        raise NotFoundError("there is nothing to undo")
    if target.kind == "undo":
        return redo(store, f"o{target.target}")
    if target.kind == "redo":
        return undo(store, f"o{target.target}")
    if target.kind == "make":
        raise RuleError("making the book cannot be undone", hint="delete the file if you do not want it")
    if target.undone_by:
        raise RuleError(f"o{target.id} is undone already, by o{target.undone_by}", hint=f"salestrack redo o{target.id}")
    with store.operation("undid", kind="undo", target=target.id) as op:
        _refuse_meanwhile(store, target)
        result = Undo(store.engine).take_back(target.id, keep_later_work=target.kind == "import")
        store.engine.update("operations", target.id, {"undone_by": op.id})
        op.touch(*target.refs)
    kept, notes = _kept(target.id, result) if result.kept else ((), ())
    said = (f"undid o{target.id}", sentence(store, target), *kept, f"redo: salestrack redo o{target.id}")
    return Answer(said, None, notes)


def redo(store: Store, text: str | None) -> Answer:
    """Put an undone operation in force again: the one named, or the one undone last."""
    target = _named(store, text) if text else store.journal.latest(undone=True)
    if target is None:
        raise NotFoundError("there is nothing to redo")
    if target.kind in {"undo", "redo"} and target.target:
        target = store.journal.get(target.target)
    if target.undone_by is None:
        raise RuleError(f"o{target.id} is in force; there is nothing to redo", hint="salestrack history")
    with store.operation("redid", kind="redo", target=target.id) as op:
        _refuse_meanwhile(store, target)
        Undo(store.engine).put_back(target.id, target.undone_by)
        store.engine.update("operations", target.id, {"undone_by": None})
        op.touch(*target.refs)
    return Answer((f"redid o{target.id}", sentence(store, target), f"undo: o{target.id}"), None)


def _kept(op: int, result: Undone) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what an undo left in the book, and how to take that back too."""
    named = ", ".join(result.named) + (" ..." if result.kept > len(result.named) else "")
    rows, them = ("row", "it") if result.kept == 1 else ("rows", "them")
    why = f"{result.kept} {rows} kept because later work changed or uses {them}: {named}"
    return (why,), (f"undo the later work, then: salestrack redo o{op}; salestrack undo o{op}",)


def sentence(store: Store, done: Done) -> str:
    """Return what an operation did in words; names are looked up now, so that nothing erased lives on here."""
    if done.kind in {"undo", "redo"} and done.target:
        return f"{done.verb} o{done.target}: {sentence(store, store.journal.get(done.target))}"
    named = store.names.labels(done.refs[:3])
    more = f" and {len(done.refs) - 3} more" if len(done.refs) > 3 else ""
    others = f" · {', '.join(named[1:])}{more}" if named[1:] else ""
    return f"{done.verb} {named[0] if named else ''}{others}".strip()


def _refuse_meanwhile(store: Store, target: Done) -> None:
    """Another process may have undone or redone the same operation while this one waited for the book."""
    if store.journal.get(target.id).undone_by != target.undone_by:
        raise RuleError(f"o{target.id} was undone or redone by somebody else just now", hint="salestrack history")


def _named(store: Store, text: str) -> Done:
    ref = parse_ref(text, "o")
    if ref is None or ref.letter != "o":
        raise UsageError(f"'{text}' is not an operation", hint="salestrack history lists them, like o12")
    return store.journal.get(ref.id)

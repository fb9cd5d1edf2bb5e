"""What was imported before, and taking one import back."""

from salestrack.domain.money import PLAIN_STYLE, NumberStyle
from salestrack.domain.refs import parse_ref
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.services.undo import undo
from salestrack.store import Store
from salestrack.store.import_log import ImportLog, Recorded


def imports(store: Store) -> list[Recorded]:
    """Return every import, also those that were taken back, the latest first."""
    return ImportLog(store.engine).all()


def undo_import(store: Store, text: str, *, style: NumberStyle = PLAIN_STYLE) -> Answer:
    """Take back the import of an id (3 or i3); files that came in together go together, and the answer says so.

    RuleError for one that came along with a whole book: what it brought cannot be told from the rest of that book.
    """
    ref = parse_ref(text, "i")
    if ref is None or ref.letter != "i":
        raise UsageError(f"'{text}' is not an import", hint="salestrack import list names them, like i3")
    log = ImportLog(store.engine)
    past = log.get(ref.id)
    if past.brought_along:
        raise RuleError(
            f"{past.ref} was done in the book that this one was brought in from, whose history stayed there",
            hint=f"salestrack undo o{past.op} takes the whole book back",
        )
    together = [other.ref for other in log.of_operation(past.op) if other.id != past.id]
    answer = undo(store, f"o{past.op}", style=style)
    if not together:
        return answer
    came = ", ".join(together)
    return answer._replace(
        notes=(*answer.notes, f"{past.ref} came in together with {came}: all of them are taken back")
    )

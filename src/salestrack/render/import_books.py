"""What came of a whole book, or of a rehearsal with one, as a document: a book has no columns to show."""

from dataclasses import replace

from salestrack.domain.imports import Imported, counted
from salestrack.render.document import Document
from salestrack.render.imports import import_document, told

WHOLE = "the whole book"


def book_document(result: Imported, command: str) -> Document:
    """Return an import of a book as a document; a rehearsal says the command that does it."""
    document = import_document(result, command)
    rehearsed = (*result.notes, f"to do it: {command}") if result.dry_run else result.notes
    more = said(result)
    more = (f"{more[0]}: {', '.join(more[1:])}",) if more[:1] == (WHOLE,) and len(more) > 1 else more
    return replace(document, notes=(*more, *rehearsed), extra={**document.extra, "mapping": []})


def said(result: Imported) -> tuple[str, ...]:
    """Return what is worth telling beside the counts: into an empty book came the whole book."""
    whole = [counted(each.number, each.what) for each in result.created if not each.names]
    return (WHOLE, *whole) if whole else tuple(told(result))

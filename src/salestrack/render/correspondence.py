"""What came of a mailbox or a calendar, in lines and as a document."""

from typing import Any

from salestrack.domain.imports import Fault
from salestrack.domain.mails import FAULTS_OF_A_FILE, Brought
from salestrack.domain.quoting import quoted
from salestrack.render.document import Column, Document
from salestrack.render.imports import import_document, told

_STRANGERS = (
    Column(name="name", title="Name", shrink=True),
    Column(name="address", title="Address", shrink=True),
    Column(name="count", title="Times", kind="int"),
    Column(name="customer", title="Customer of the domain", shrink=True),
)


def counted_as(number: int, noun: str) -> str:
    """Return a number of messages or events in words."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def said_parts(brought: Brought) -> tuple[str, ...]:
    """Return the one line on what came of it."""
    result = brought.imported
    counts = result.counts
    said = [f"{counts.new:,} new", f"{counts.changed:,} changed", f"{counts.same:,} same"]
    said += [f"{counts.rejected:,} skipped"] if counts.rejected else []
    said += [f"{counts.left_out:,} left out"] if counts.left_out else []
    ref = (result.ref,) if result.ref else ()
    read = f"{result.file}: {counted_as(counts.read, brought.noun)} read"
    return (*ref, read, ", ".join(said), *_further(brought))


def brought_document(brought: Brought, command: str) -> Document:
    """Return an import as a document; a rehearsal names the command that does it."""
    result = brought.imported
    plain = import_document(result, command)
    notes = [*_further(brought), *asides(brought)]
    if result.dry_run:
        notes.append(f"to do it: {command}")
    extra: dict[str, Any] = {name: plain.extra[name] for name in _SHARED if name in plain.extra}
    extra |= {
        "joined": result.adopted,
        "called_off": brought.cancelled,
        "several_customers": brought.several,
        "threads_changed": brought.threaded,
        "window": list(brought.window) if brought.window else None,
        "faults": faults_of(brought),
        "unknown_count": brought.stranger_count,
        "unknown": _unknown(brought),
    }
    return Document(
        schema=plain.schema,
        columns=plain.columns,
        rows=plain.rows,
        title=plain.title,
        notes=tuple(notes),
        extra=extra,
        ref_column=plain.ref_column,
    )


def _unknown(brought: Brought) -> Document:
    rows = [(each.person.name or None, each.person.address, each.times, each.customer) for each in brought.strangers]
    title = "Not in the book, most frequent first"
    return Document(schema="salestrack/unknown-people@1", columns=_STRANGERS, rows=rows, title=title)


_SHARED = ("dry_run", "created", "kept_by_hand", "left_out", "command")


def asides(brought: Brought) -> tuple[str, ...]:
    """Return what is worth a line of its own: the days that were read, and people whom the book does not know."""
    lines = list(brought.notes)
    if brought.window:
        lines.append(f"what repeats was read from {brought.window[0]} to {brought.window[1]}")
    return tuple(lines)


def unknown_lines(brought: Brought) -> list[str]:
    """Return who is not in the book, the most frequent first, and how to add them."""
    if not brought.strangers:
        return []
    count = brought.stranger_count
    lines = [f"{count:,} {'person is' if count == 1 else 'people are'} not in the book; --new customers adds them:"]
    for each in brought.strangers:
        at = f", at {each.customer}" if each.customer else ""
        lines.append(f"  {each.times:>5,}  {each.person.label}{at}")
    more = count - len(brought.strangers)
    return lines + ([f"  and {more:,} more"] if more else [])


def damage_lines(brought: Brought) -> list[str]:
    """Return what was skipped: file, number, subject, and why."""
    result = brought.imported
    lines = [_damage(fault, result.file, brought.noun) for fault in result.faults]
    if result.unnamed:
        lines.append(f"and {counted_as(result.unnamed, brought.noun)} more")
    return lines


def _damage(fault: Fault, file: str, noun: str) -> str:
    number = fault.line % FAULTS_OF_A_FILE
    where = (fault.title or file) + (f", {noun} {number}" if number else "")
    where += f" and {fault.more:,} more" if fault.more else ""
    return f"{where}{' ' + quoted(fault.cell) if fault.cell else ''}: {fault.reason}"


def faults_of(brought: Brought) -> list[dict[str, Any]]:
    """Return what was skipped for programs."""
    return [
        {
            "file": fault.title or brought.imported.file,
            "number": fault.line % FAULTS_OF_A_FILE or None,
            "subject": fault.cell or None,
            "reason": fault.reason,
            "count": fault.more + 1,
        }
        for fault in brought.imported.faults
    ]


def _further(brought: Brought) -> list[str]:
    lines = told(brought.imported)
    if brought.several:
        concern = "concerns" if brought.several == 1 else "concern"
        lines.append(f"{counted_as(brought.several, brought.noun)} {concern} several customers: an activity for each")
    if brought.threaded:
        lines.append(f"{brought.threaded:,} of the book put into the thread of another mail")
    if brought.cancelled:
        lines.append(f"{brought.cancelled:,} called off since, and taken out")
    return lines

"""What came of an import as documents: one row of counts, the mapping with sample rows, and the words around them."""

import shlex
from collections.abc import Sequence
from typing import Any

from salestrack.domain.imports import OWN_SOURCE, Counts, Created, Fault, Imported
from salestrack.domain.quoting import titled
from salestrack.domain.sentences import Sentence
from salestrack.render.document import Column, Document

_COUNTS = tuple(Column(name=name, title=name.replace("_", " ").capitalize(), kind="int") for name in Counts._fields)
_COLUMNS = (
    Column(name="id", title="Id", kind="ref"),
    Column(name="kind", title="Kind"),
    Column(name="source", title="Source"),
    Column(name="file", title="File", shrink=True),
    *_COUNTS,
    Column(name="operation", title="Operation", only_json=True),
)
_MAPPING = (
    Column(name="column", title="Column", shrink=True),
    Column(name="field", title="Field"),
    Column(name="first", title="First row", shrink=True),
    Column(name="second", title="Second row", shrink=True),
    Column(name="third", title="Third row", shrink=True, wide=True),
    Column(name="samples", title="Samples", only_json=True),
)


LONGEST_SHOWN = 80  # characters of a sample cell
MOST_TOGETHER = 3  # remarks
MOST_COLUMNS = 60  # named; programs get all
MOST_UNREAD = 8  # of a file with a profile, whose author has seen them


def import_document(result: Imported, command: str) -> Document:
    """Return an import as a document; a rehearsal has the mapping with sample rows, and the command that does it."""
    row = {
        "id": result.ref,
        "kind": result.kind,
        "source": result.source,
        "file": result.file,
        **result.counts._asdict(),
    }
    row["operation"] = f"o{result.op}" if result.op else None
    return Document(
        schema="salestrack/import@1",
        columns=_COLUMNS,
        rows=[row],
        title=f"Rehearsal with {result.file}: nothing was written" if result.dry_run else "",
        notes=tuple(rehearsed(result, command) if result.dry_run else (*told(result), *remarks(result))),
        extra=_further(result, command),
        ref_column="id",
    )


def several_document(results: Sequence[Imported], command: str, unread: Sequence[str]) -> Document:
    """Return the imports of several files as one document; `unread` says why others were not read."""
    rehearsed = any(result.dry_run for result in results)
    documents = [import_document(result, command) for result in results]
    notes = [f"{result.file}: {line}" for result in results for line in (*told(result), *remarks(result))]
    return Document(
        schema="salestrack/import@1",
        columns=_COLUMNS,
        rows=[document.rows[0] for document in documents],
        title="Rehearsal: nothing was written" if rehearsed else "",
        notes=(*notes, *unread, *((f"to do it: {command}",) if rehearsed else ())),
        extra={"files": [document.extra for document in documents], "unread": list(unread)},
        ref_column="id",
    )


def _further(result: Imported, command: str) -> dict[str, Any]:
    """Return what programs get beside the counts; only a rehearsal has sample rows."""
    mapping = [{"column": column.title, "field": column.field} for column in result.columns]
    dates = {"first": result.first_on, "last": result.last_on}
    return {
        "dry_run": result.dry_run,
        "profile": result.profile,
        "encoding": result.encoding,
        "delimiter": result.delimiter,
        "dates": dates if result.first_on else None,
        "money": [{"amount": money, "count": count} for money, count in result.totals],
        "created": [_created(each) for each in result.created],
        "made": result.made if result.made is None else dict(result.made),
        "adopted": result.adopted,
        "kept_by_hand": {"count": result.kept_count, "columns": list(result.kept)},
        "left_out": dict(result.left_out),
        "no_longer_in_file": None if result.gone is None else {"count": result.gone, "refs": list(result.gone_refs)},
        "faults": fault_rows(result.faults),
        "rejects": result.rejects,
        "expected_from_closed": result.expected_from_closed,
        "planned": result.planned,
        "undated": result.undated,
        "dated_after_today": result.ahead,
        "unused": list(result.unused),
        "deciding": list(result.deciding),
        "what_changed": result.what_changed or None,
        "notes": list(result.notes),
        "command": command if result.dry_run and not result.refused else None,
        "mapping": mapping_document(result) if result.dry_run else mapping,
    }


def _created(created: Created) -> dict[str, Any]:
    chances = {"probabilities": list(created.chances)} if created.chances else {}
    return {"what": created.what, "count": created.number, "names": list(created.names), **chances}


_LOG = (
    Column(name="id", title="Id", kind="ref"),
    Column(name="at", title="Imported"),
    Column(name="file", title="File", shrink=True),
    Column(name="kind", title="Kind"),
    Column(name="source", title="Source"),
    Column(name="profile", title="Profile"),
    *_COUNTS,
    Column(name="why", title="Left out because", shrink=True),
    Column(name="operation", title="Operation", only_json=True),
)


def imports_document(imports: Sequence[Any]) -> Document:
    """Return the imports of a book as a list, with a remark on those that came in together."""
    names = ("at", "file", "kind", "source", "profile", *Counts._fields)
    rows = [
        {
            "id": past.ref,
            **{name: getattr(past, name) for name in names},
            "at": past.at[:16].replace("T", " "),
            "why": ", ".join(f"{reason}: {count}" for reason, count in past.why.items()) or None,
            "operation": f"o{past.op}",
            "undone": f"o{past.undone_by}" if past.undone_by else None,
        }
        for past in imports
    ]
    undone = Column(name="undone", title="Undone by", only_json=not any(row["undone"] for row in rows))
    return Document(
        schema="salestrack/imports@1", columns=(*_LOG, undone), rows=rows, notes=_together(imports), ref_column="id"
    )


def _together(imports: Sequence[Any]) -> tuple[str, ...]:
    """Return what to know before one of several imports that came in together is undone."""
    found: dict[int, list[str]] = {}
    for past in reversed(imports):
        if not past.undone_by and not past.brought_along:
            found.setdefault(past.op, []).append(past.ref)
    said = [f"{refs[0]} {'and' if len(refs) == 2 else 'to'} {refs[-1]}" for refs in found.values() if len(refs) > 1]
    return tuple(f"{each} came in together: undoing one of them undoes them all" for each in said[-MOST_TOGETHER:])


def mapping_document(result: Imported) -> Document:
    """Return the columns that are read, the fields they feed, and how the first rows were understood."""
    rows = []
    for column in result.columns:
        shown = [_read(cell, value) for cell, value in column.samples]
        first, second, third = [*shown, None, None, None][:3]
        samples = [{"cell": cell, "value": value} for cell, value in column.samples]
        rows.append((column.title, column.field, first, second, third, samples))
    return Document(schema="salestrack/mapping@1", columns=_MAPPING, rows=rows, title="Columns")


def _read(cell: str, value: str) -> str:
    """Return a cell and what it was understood as, where that is something else; of long texts the beginning."""
    cell, value = _beginning(cell.strip()), _beginning(value)
    if cell == value:
        return value
    return Sentence(f"{cell} -> ", value) if cell and value else f"{cell} -> {value}".strip()


def _beginning(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def told(result: Imported) -> list[str]:
    """Return what is worth telling beside the counts."""
    made = [f"{count} {kind if count == 1 else kind + 's'}" for kind, count in (result.made or {}).items()]
    lines = [f"made {' and '.join(made)}"] if made else []
    lines += [f"added {_counted(each)}{_names(each, result)}" for each in result.created]
    if result.adopted:
        were = "was" if result.adopted == 1 else "were"
        joined = "joined what was logged by hand" if result.kind == "activities" else f"{were} in the book already"
        lines.append(f"{result.adopted} {joined}")
    lines += [f"changed: {result.what_changed}"] if result.what_changed else []
    if result.kept_count:
        more = ", ..." if result.kept_records > len(result.kept) else ""
        lines.append(f"{result.kept_count} kept as edited by hand: {'; '.join(result.kept)}{more}")
    lines += [f"left out, {reason}: {count}" for reason, count in result.left_out.items()]
    if result.gone is not None:
        named = f": {_few(result.gone_refs, result.gone)}" if result.gone else ""
        # An export of this book may well be older than what it lacks.
        lines.append(f"{result.gone} {'not' if result.source == OWN_SOURCE else 'no longer'} in the file{named}")
    if result.expected_from_closed:
        count = result.expected_from_closed
        many = "1 closing date of an open deal" if count == 1 else f"{count} closing dates of open deals"
        lines.append(f"{many} taken as expected")
    if result.planned:
        lines.append(f"{result.planned} dated after today taken as planned")
    if result.undated:
        lines.append(f"{result.undated} without a date")
    if result.ahead:
        lines.append(
            "1 row is dated after today" if result.ahead == 1 else f"{result.ahead} rows are dated after today"
        )
    return lines


def remarks(result: Imported) -> tuple[str, ...]:
    """Return what to look at though all went well; columns that are not read are named where something came in."""
    unread = f"columns that are not read: {_some(result.unused)}"
    if result.profile and len(result.unused) > MOST_UNREAD:
        unread = f"{len(result.unused)} columns are not read; import --dry-run names them"
    wrote = result.unused and not result.dry_run and (result.counts.new or result.counts.changed)
    return (*((unread,) if wrote else ()), *result.notes)


def rehearsed(result: Imported, command: str) -> list[str]:
    """Return all that a rehearsal has to say."""
    lines = [f"read as the profile {result.profile} says"] if result.profile else []
    between = "" if result.delimiter.startswith("JSON") else " between cells"
    lines += [f"reads {result.encoding}, {result.delimiter}{between}"]
    if result.unused:
        lines.append(f"columns that are not read: {_some(result.unused)}")
    if result.deciding:
        lines.append(f"decides what is left out: {_some(result.deciding)}")
    if result.first_on and result.last_on:
        lines.append(f"dates from {result.first_on} to {result.last_on}")
    lines += [Sentence(money, f" in {count} {'row' if count == 1 else 'rows'}") for money, count in result.totals]
    return [*lines, *told(result), *result.notes, _how(result, command)]


def _how(result: Imported, command: str) -> str:
    """Return what does what was rehearsed: where it is refused, what brings the good rows in."""
    if not result.refused:
        return f"to do it: {command}"
    if result.conflicting:
        return "as it is, nothing of it would be written"
    rows = "a row" if result.fault_count == 1 else f"{result.fault_count:,} rows"
    return f"as it is, {rows} would refuse all of it; without these: {command} --rejects rejected.csv"


def _counted(created: Created) -> str:
    return f"{created.number} {created.what.removesuffix('s') if created.number == 1 else created.what}"


def _names(created: Created, result: Imported) -> str:
    if created.chances:
        named = [f"{name} {chance} %" for name, chance in zip(created.names, created.chances, strict=True)]
        hint = f" (salestrack stage edit {shlex.quote(created.guessed[0])} --probability 40)" if created.guessed else ""
        return f": {', '.join(named)}{hint}"
    return f": {_few(created.names, created.number)}" if result.dry_run or created.number == 1 else ""


def _some(columns: Sequence[str]) -> str:
    """Return headers, of very many only the first."""
    more = len(columns) - MOST_COLUMNS
    return ", ".join(map(titled, columns[:MOST_COLUMNS])) + (f" and {more:,} more" if more > 0 else "")


def _few(names: tuple[str, ...], count: int) -> str:
    return ", ".join(names) + (", ..." if count > len(names) else "")


def fault_lines(result: Imported) -> list[str]:
    """Return the first different things that are wrong, a line each with its file, and how many more rows there are."""
    lines = [f"{result.file}: {fault.text.replace('line', result.unit, 1)}" for fault in result.faults]
    if result.unnamed:
        lines.append(f"{result.file}: and {result.unnamed:,} more {'row' if result.unnamed == 1 else 'rows'}")
    return lines


def fault_rows(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    """Return faults for programs."""
    return [
        {"line": f.line, "column": f.title or None, "cell": f.cell or None, "reason": f.reason, "rows": f.more + 1}
        for f in faults
    ]

"""The pages of an import and of an operation: what was brought in, what was changed."""

from datetime import date
from typing import Any

from salestrack.domain.dates import format_day
from salestrack.errors import NotFoundError
from salestrack.services.changes import Changes
from salestrack.services.show.page import Asker, Page, Section, counted
from salestrack.services.undo import sentence


def import_page(asker: Asker, key: int) -> Page:
    """Return an import with its counts, and what of it is still there; NotFoundError when there is none."""
    row = asker.store.overviews.imported(key)
    if row is None:
        raise NotFoundError(f"there is no import i{key}", hint="salestrack history tells what was imported")
    counts = {name: row[f"{name}_rows"] for name in ("read", "new", "changed", "same", "rejected", "left_out")}
    still = asker.store.overviews.imported_still(row["created_op"])
    fields: dict[str, Any] = {
        "id": f"i{key}",
        "file": row["file"],
        "source": row["source"],
        "kind": row["kind"],
        "imported_at": row["imported_at"],
        "operation": f"o{row['created_op']}",
        **counts,
        "still_there": still,
    }
    said = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items() if number or name == "read"]
    drawn = (
        ("File", row["file"]),
        ("Source", row["source"]),
        ("When", row["imported_at"].replace("T", " ")[:16]),
        ("Rows", ", ".join(said)),
        (
            "Still there",
            ", ".join(f"{number:,} {table}" for table, number in still.items()) or "nothing"
            if still is not None
            else None,
        ),
        ("Undo", f"salestrack undo o{row['created_op']}"),
    )
    return Page("import", f"i{key}", f"i{key} {row['kind']} of {row['file']}", (), fields, drawn)


def operation_page(asker: Asker, key: int) -> Page:
    """Return an operation with what it changed, column by column; NotFoundError when there is none."""
    store = asker.store
    done = store.journal.get(key)
    changes = Changes(store, asker.style).of(done)
    fields: dict[str, Any] = {
        "id": f"o{done.id}",
        "at": done.at,
        "who": done.who,
        "verb": done.verb,
        "refs": list(done.refs),
        "what": sentence(store, done),
        "undone_by": f"o{done.undone_by}" if done.undone_by else None,
    }
    names = store.names.labels(done.refs[:10])
    more = f" and {counted(len(done.refs) - 10, 'more', 'more')}" if len(done.refs) > 10 else ""
    drawn = (
        ("When", f"{format_day(date.fromisoformat(done.at[:10]))} {done.at[11:16]}"),
        ("Who", done.who),
        ("About", f"{', '.join(names)}{more}" or None),
        ("State", f"undone by o{done.undone_by}" if done.undone_by else "in force"),
    )
    rows = [{"what": change} for change in changes]
    return Page("operation", f"o{key}", f"o{key} {fields['what']}", (), fields, drawn,
                (Section("changes", rows, flowing=True),))  # fmt: skip

"""Everything of one customer, to hand out: to be read by people and programs, and nothing of anybody else.

The CSV files have what a person reads first, for each kind of record. The JSON document has the same, and under `rows`
every row of every table that is about the customer, so that nothing stays behind.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from salestrack import __version__
from salestrack.domain.customers import Who
from salestrack.domain.filters import Filter
from salestrack.render.export_rows import as_object, csv_pieces
from salestrack.services.exporting.folder import Written, write_text
from salestrack.services.exporting.kinds import Row, export_rows
from salestrack.services.exporting.places import Place, Whose, replacing
from salestrack.services.exporting.sources import MANIFEST, PERSON
from salestrack.store import Store
from salestrack.store.export import Exports
from salestrack.store.export_book import BookRows
from salestrack.store.export_person import rows_about

KINDS = ("customers", "contacts", "deals", "history", "sales", "activities")
DOCUMENT = "customer.json"


def export_customer(store: Store, key: int, target: Path) -> Written:
    """Write all that the book holds of one customer to a folder or zip file: a CSV file for each kind, and one JSON document.

    Raises RuleError where there is anything but nothing or an earlier export.
    """
    with BookRows(store.engine).standing_still():
        tables = {kind: _table(store, kind, key) for kind in KINDS}
        exports = Exports(store.engine)
        for name, lines in (("lines", exports.lines_of(key)), ("repeating", exports.repeating_of(key))):
            tables[name] = (lines.columns, lines.rows)
        every = rows_about(store.engine, key)
    whose = Whose(store.settings.book.uid, f"c{key}")
    with replacing(target, top=f"customer-c{key}", whose=whose) as place:
        files = [_write_csv(place, kind, columns, rows) for kind, (columns, rows) in tables.items() if rows]
        text = json.dumps(_document(tables) | {"rows": every}, indent=1, ensure_ascii=False) + "\n"
        write_text(place, DOCUMENT, text)
        files.append({"file": DOCUMENT, "rows": 1, "sha256": _hash(text)})
        manifest = {"schema": PERSON, "program": __version__, "book": whose.book, "customer": f"c{key}", "files": files}
        write_text(place, MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    about = f"all about {store.customers.get(key).name} (c{key}): "
    return Written(target, sum(len(rows) for _, rows in tables.values()), len(files) + 1, about)


def others_inside(store: Store, who: Who) -> tuple[str, ...]:
    """Return a remark where one contact was named, since a customer goes out with everybody who is there."""
    if who.contact_id is None or who.customer_id is None:
        return ()
    person, customer = store.contacts.get(who.contact_id), store.customers.get(who.customer_id)
    others = Exports(store.engine).count("contacts", Filter(customers=(customer.id,))) - 1
    also = f", {others:,} other contact{'s' * (others != 1)} too" if others else ""
    return (f"{person.name} (n{person.id}) is a contact of {customer.name}: all of {customer.name} is in it{also}",)


def _table(store: Store, kind: str, key: int) -> tuple[tuple[str, ...], list[Row]]:
    exported = export_rows(store, kind, Filter(customers=(key,)))
    return exported.columns, list(exported.rows)


def _write_csv(place: Place, kind: str, columns: Sequence[str], rows: Iterable[Row]) -> dict[str, Any]:
    text = "".join(csv_pieces(columns, rows))
    write_text(place, f"{kind}.csv", text)
    return {"file": f"{kind}.csv", "rows": len(list(rows)), "sha256": _hash(text)}


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _document(tables: dict[str, tuple[tuple[str, ...], list[Row]]]) -> dict[str, Any]:
    """Return all of it as one document: deals with their history and lines, sales with their lines."""
    found = {kind: [as_object(columns, row) for row in rows] for kind, (columns, rows) in tables.items()}
    history, lines = found.pop("history"), found.pop("lines")
    customer = found.pop("customers")[0]
    for deal in found["deals"]:
        deal["history"] = [_without(one, "deal") for one in history if one["deal"] == deal["id"]]
    for record in (*found["deals"], *found["sales"]):
        record["lines"] = [_without(one, "record") for one in lines if one["record"] == record["id"]]
    return {"schema": PERSON, "customer": customer, **found}


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}

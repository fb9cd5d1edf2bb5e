"""An order once imported stays with its customer, however often it comes and however its buyer is written.

The link of a record counts more than what its row says, as long as the row calls the buyer by any name that the
customer has or had. Only another name, or a customer that --value gives, moves it.
"""

from collections.abc import Sequence

from salestrack.domain.names import fold
from salestrack.services.imports.naming.names import Naming
from salestrack.services.imports.reading import Batch, Reading

ID = "customer_id"


def linked(reading: Reading, batch: Batch, reader: Naming) -> Sequence[int | None]:
    """Return, by row, the customer that its record has and the row names too; None where it has to be looked up."""
    told = told_apart(reading, batch, reader)
    if not any(batch.records) or not (batch.has("customer") or batch.has("email")):
        return told
    matching = reading.matching
    customers = matching.linked(reading.kind.name, {key for key in batch.records if key})
    names = matching.customer_names(set(customers.values()))
    mine = [customers.get(key or 0) for key in batch.records]
    emails = batch.column("email") if reading.kind.name != "deals" else batch.none
    called = [
        reader.meant(cell) or (email or "").strip()
        for cell, email in zip(batch.column("customer"), emails, strict=True)
    ]
    rows = zip(mine, called, told, strict=True)
    return [one if one and fold(text) in names.get(one, ()) else other for one, text, other in rows]


def told_apart(reading: Reading, batch: Batch, reader: Naming) -> Sequence[int | None]:
    """Return the customers that our own exports name by their ids too, as they do in books where several share a name."""
    if not (reading.is_own and batch.has(ID) and batch.has("customer")):
        return batch.none
    cells = [cell.strip() for cell in batch.column(ID)]
    if reading.written_here:
        found = reader.by_id(set(cells), "c", "customers")
    else:
        known = reader.by_key(set(cells) - {""}, "customers")
        found = {cell: each.record_id for cell, each in known.items() if each.exists}
    names = reading.matching.customer_names(set(found.values()))
    rows = zip(cells, map(reader.meant, batch.column("customer")), strict=True)
    return [found[cell] if cell in found and fold(text) in names.get(found[cell], ()) else None for cell, text in rows]

"""An order once imported stays with its customer, however often it comes and however its buyer is written.

The link of a record counts more than what its row says, as long as the row calls the buyer by any name that the
customer has or had. Only another name, or a customer that --value gives, moves it.
"""

from collections.abc import Sequence

from salestrack.domain.names import fold
from salestrack.services.imports.naming.names import Naming
from salestrack.services.imports.reading import Batch, Reading


def linked(reading: Reading, batch: Batch, reader: Naming) -> Sequence[int | None]:
    """Return, by row, the customer that its record has and the row names too; None where it has to be looked up."""
    if not any(batch.records) or not (batch.has("customer") or batch.has("email")):
        return batch.none
    matching = reading.matching
    customers = matching.linked(reading.kind.name, {key for key in batch.records if key})
    names = matching.customer_names(set(customers.values()))
    mine = [customers.get(key or 0) for key in batch.records]
    emails = batch.column("email") if reading.kind.name != "deals" else batch.none
    called = [
        reader.meant(cell) or (email or "").strip()
        for cell, email in zip(batch.column("customer"), emails, strict=True)
    ]
    return [one if one and fold(text) in names.get(one, ()) else None for one, text in zip(mine, called, strict=True)]

"""Which reader the sales of a file have: one for rows that are sales each, one for orders of several rows."""

from salestrack.importers.grouping import read_grouping
from salestrack.importers.mapping import fields_of
from salestrack.services.imports.orders.rows import OrderRows
from salestrack.services.imports.reading import Reading
from salestrack.services.imports.sales import SaleRows

# Further fields of any sale.
_PLAIN = {"time", "customer_id", "every", "lines", "tax_rate", "kind"}


def sale_rows(reading: Reading) -> SaleRows:
    """Return what reads the sales of a file: as orders where a profile groups them or a column is of orders alone."""
    further = {field.name for field in reading.kind.further} - _PLAIN
    group = reading.profile.group if reading.profile else {}
    named = {
        *fields_of(reading.request.maps),
        *reading.mapping.constants,
        *(reading.profile.columns if reading.profile else ()),
    }
    if not group and (reading.is_own or not any(reading.mapping.has(name) for name in further & named)):
        return SaleRows(reading)
    return OrderRows(reading, read_grouping(group))

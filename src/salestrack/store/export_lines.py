"""The lines of deals and sales on their way out: rows of their own, or nested in the records that they belong to."""

from collections import defaultdict
from collections.abc import Sequence

from salestrack.store.engine import Engine, Row
from salestrack.store.staging import in_parts

# A row for each line, and one for a deal or sale without any, so that the shares add up to the amounts of the records.
# What the filters ask for are columns of the record, as the view of revenue has them.
LINES = """
SELECT iif({a}.kind = 'deal', 'd', 's') || {a}.record_id AS record, {a}.kind AS type, {a}.status, {a}.on_date AS date,
    c.name AS customer, {a}.title, {a}.line, coalesce(p.name, {a}.name) AS product, p.sku, {a}.quantity, {a}.price,
    {a}.line_amount AS amount, {a}.share, {a}.line_tax AS tax, {a}.tax_rate, {a}.currency, o.name AS owner, {a}.channel,
    iif({a}.kind = 'deal', NULL, {a}.deal_id) AS deal
FROM (
    SELECT 'deal' AS kind, d.id AS record_id, d.id AS deal_id, d.title, d.status, coalesce(d.closed_on, d.expected_on) AS on_date,
        d.customer_id, d.owner_id, d.source, NULL AS channel, d.amount, d.currency, l.kind AS line, l.product_id, l.name,
        l.quantity, l.price, iif(l.id IS NULL, d.amount, l.amount) AS line_amount, NULL AS line_tax, l.tax_rate, l.position, l.id,
        iif(l.id IS NULL, d.amount, h.share) AS share
    FROM deals d LEFT JOIN deal_lines l ON l.deal_id = d.id LEFT JOIN line_shares h ON h.record = 'deal' AND h.id = l.id
    UNION ALL
    SELECT s.kind, s.id, s.deal_id, s.title, NULL, s.on_date, s.customer_id, s.owner_id, w.source, s.channel, s.amount,
        s.currency, l.kind, l.product_id, l.name, l.quantity, l.price, iif(l.id IS NULL, s.amount, l.amount),
        iif(l.id IS NULL, s.tax, l.tax), iif(l.id IS NULL, s.tax_rate, l.tax_rate), l.position, l.id,
        iif(l.id IS NULL, s.amount, h.share)
    FROM sales s LEFT JOIN sale_lines l ON l.sale_id = s.id LEFT JOIN deals w ON w.id = s.deal_id
    LEFT JOIN line_shares h ON h.record = 'sale' AND h.id = l.id
) {a}
LEFT JOIN customers c ON c.id = {a}.customer_id
LEFT JOIN owners o ON o.id = {a}.owner_id
LEFT JOIN products p ON p.id = {a}.product_id
"""
IN_ORDER = "{a}.kind = 'deal', {a}.record_id, {a}.position, {a}.id"
_NESTED = {
    noun: f"""
SELECT l.{noun}_id AS record_id, l.kind, coalesce(p.name, l.name) AS product, p.sku, l.quantity, l.price, l.amount,
    {"l.tax" if noun == "sale" else "NULL"} AS tax, l.tax_rate
FROM {noun}_lines l LEFT JOIN products p ON p.id = l.product_id
WHERE l.{noun}_id IN ({{ids}}) ORDER BY l.{noun}_id, l.position, l.id
"""
    for noun in ("deal", "sale")
}


def lines_of(engine: Engine, noun: str, ids: Sequence[int]) -> dict[int, list[Row]]:
    """Return the lines of some deals or sales, in their order; amounts in minor units."""
    found: dict[int, list[Row]] = defaultdict(list)
    for part in in_parts(ids):
        for row in engine.query(_NESTED[noun].format(ids=", ".join("?" * len(part))), tuple(part)):
            found[row.pop("record_id")].append(row)
    return found

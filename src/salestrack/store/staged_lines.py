"""Lines of staged deals that have several: with their deals they come into the book."""

from salestrack.store.engine import Engine, Row

_DEAL_LINES = """
INSERT INTO deal_lines (deal_id, position, kind, product_id, name, quantity, price, amount, book_amount, tax_rate,
    created_op)
SELECT :deals + r.no, l.position, l.kind, iif(l.product_id < 0, :products - l.product_id, l.product_id), l.name,
    l.quantity, l.price, l.amount,
    CASE WHEN s.kind <> 'open' THEN iif(coalesce(r.currency, :currency) = :book, l.amount, l.book_amount) END,
    l.tax_rate, :op
FROM staging.lines l CROSS JOIN staging.rows r ON r.line = l.line CROSS JOIN staging.stages s ON s.id = r.stage_id
WHERE r.state = 0 ORDER BY l.rowid
"""


def add_deal_lines(engine: Engine, params: Row) -> None:
    """Give new deals the lines that were staged beside them."""
    engine.execute(_DEAL_LINES, params)

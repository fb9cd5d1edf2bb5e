"""Refunds of an import belong to their sales: same customer, same deal, as the book has them."""

from collections.abc import Iterable

from salestrack.store.engine import Engine
from salestrack.store.staged_orders import BESIDE
from salestrack.store.staging import CHANGED, NEW

# A refund is of the customer and the deal of its sale, as the book has it once this import is done. Whose work it was and
# by which channel a row of its own may say; what was told beside an order, or typed, has that of the order too.
_OF_SALE = "coalesce(s.{0}, sales.{0})"
_BESIDE = (
    "iif(EXISTS (SELECT 1 FROM import_keys k WHERE k.record_id = sales.id AND k.kind = 'sales' "
    f"AND instr(k.key, '{BESIDE}') = 0), sales.{{0}}, coalesce(s.{{0}}, sales.{{0}}))"
)
_SHARED = {"customer_id": _OF_SALE, "deal_id": "s.{0}", "owner_id": _BESIDE, "channel": _BESIDE}
_VALUES = {name: value.format(name) for name, value in _SHARED.items()}
_BELONGING = f"""
UPDATE sales SET {", ".join(f"{name} = {value}" for name, value in _VALUES.items())}
FROM sales s WHERE s.id = sales.refund_of AND sales.id IN ({{refunds}})
AND ({" OR ".join(f"{value} IS NOT sales.{name}" for name, value in _VALUES.items())})
"""
_NEW_REFUNDS = f"SELECT :sales + no FROM staging.rows WHERE state = {NEW} AND refund_of IS NOT NULL"
_OLD_REFUNDS = f"""
SELECT b.id FROM staging.rows r CROSS JOIN sales b ON b.refund_of = r.record_id WHERE r.state = {CHANGED}
"""


class StagedBelonging:
    """What the refunds among the staged rows of one import share with their sales."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def let_follow(self, records: Iterable[int]) -> None:
        """Give the new refunds of sales that keep their customer this one."""
        self._engine.executemany(
            "UPDATE staging.rows SET customer_id = (SELECT customer_id FROM sales WHERE id = ?1) "
            f"WHERE refund_of = ?1 AND state = {NEW}",
            [(record,) for record in records],
        )

    def keep_together(self, sales: int, *, changed: bool) -> None:
        """Give refunds what they share with their sales; `sales` is the last id before this import."""
        refunds = f"{_NEW_REFUNDS} UNION {_OLD_REFUNDS}" if changed else _NEW_REFUNDS
        self._engine.execute(_BELONGING.format(refunds=refunds), {"sales": sales})

"""Refunds of an import belong to their sales: same customer, same deal, as the book has them."""

from collections.abc import Iterable, Mapping

from salestrack.store.engine import Engine
from salestrack.store.staged_orders import REFUND
from salestrack.store.staging import CHANGED, NEW

# A refund is of the customer and the deal of its sale, as the book has it once this import is done. A new one that was told
# beside its order has the owner and channel of that too: a row of its own may say others, and a person may have since.
_OF_SALE = {"customer_id": "coalesce(s.customer_id, sales.customer_id)", "deal_id": "s.deal_id"}
_BESIDE = _OF_SALE | {name: f"coalesce(s.{name}, sales.{name})" for name in ("owner_id", "channel")}
_NEW_REFUNDS = f"SELECT :sales + no FROM staging.rows WHERE state = {NEW} AND refund_of IS NOT NULL AND line < {REFUND}"
_NEW_BESIDE = f"SELECT :sales + no FROM staging.rows WHERE state = {NEW} AND refund_of IS NOT NULL AND line >= {REFUND}"
_OLD_REFUNDS = f"""
SELECT b.id FROM staging.rows r CROSS JOIN sales b ON b.refund_of = r.record_id WHERE r.state = {CHANGED}
"""


def _belonging(values: Mapping[str, str], refunds: str) -> str:
    """Return the statement that gives some refunds the values of their sales, where they have others."""
    return (
        f"UPDATE sales SET {', '.join(f'{name} = {value}' for name, value in values.items())} FROM sales s "
        f"WHERE s.id = sales.refund_of AND sales.id IN ({refunds}) "
        f"AND ({' OR '.join(f'{value} IS NOT sales.{name}' for name, value in values.items())})"
    )


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
        self._engine.execute(_belonging(_BESIDE, _NEW_BESIDE), {"sales": sales})
        refunds = f"{_NEW_REFUNDS} UNION {_OLD_REFUNDS}" if changed else _NEW_REFUNDS
        self._engine.execute(_belonging(_OF_SALE, refunds), {"sales": sales})

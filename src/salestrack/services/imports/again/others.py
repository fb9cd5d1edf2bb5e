"""Rows whose id stands for another record: two shops count their orders from 1001, two systems their deals from 1.

A row that changed may have another customer, or another day. With both, it is no change but another order, and taking
it would write over the one that is in the book: such rows are refused, unless `--on-conflict` says what becomes of them.
"""

from collections.abc import Mapping
from typing import Any

from salestrack.domain.imports import LETTERS, Fault
from salestrack.services.imports.reading import Reading
from salestrack.store.engine import Row
from salestrack.store.hand_edits import said_before
from salestrack.store.staged_orders import BACK
from salestrack.store.staged_others import StagedOthers

_KINDS = frozenset({"sales", "activities", "deals"})
Said = Mapping[str, Any]


class Others:
    """Refuses the rows of one file that are about other records than those of their ids."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.possible = (
            reading.kind.name in _KINDS and reading.mapping.has("id") and reading.request.on_conflict is None
        )

    def find(self) -> None:
        """Look through the changed rows with another customer; what a person edited counts as the source had it."""
        if not self.possible:
            return
        kind, engine = self._reading.kind.name, self._reading.store.engine
        staged, faults = StagedOthers(engine, kind), list[Fault]()
        for page in staged.found():
            said = said_before(engine, kind, [row["record_id"] for row in page])
            for row in page:
                was = {name.removeprefix("book_"): value for name, value in row.items() if name.startswith("book_")}
                was |= said.get(row["record_id"], {})
                nobody = row["customer_id"] is None and was["customer_id"] is None
                if (nobody or row["customer_id"] != was["customer_id"]) and _OTHER[kind](row, was):
                    faults.append(self._fault(row, was))
        if faults:
            staged.set_aside(faults)

    def _fault(self, row: Row, was: Said) -> Fault:
        kind = self._reading.kind
        noun, whose = (kind.noun, "system") if kind.name != "sales" else ("order", "shop")
        what = f"of {_day(was) or 'an unknown day'}" if kind.name != "deals" else f"{was['title']}"
        book = f"{LETTERS[kind.name]}{row['record_id']} {what}{', ' if row['customer'] else ''}{row['customer'] or ''}"
        why = (
            f"is another {noun} in the book: {book}; if this is another {whose}, name it: --source NAME; "
            "if it did change: --on-conflict update"
        )
        return Fault(row["line"], self._reading.mapping.title("id"), row["key"].partition(BACK)[0], why)


def _other_sale(row: Row, was: Said) -> bool:
    """Say whether a sale to another customer has another day too, or shares neither amount nor products.

    To nobody it is another one where all three differ.
    """
    content = bool(_differ(row["amount"], was["amount"]) and row["other_products"])
    day = _differ(row["on_date"], was["on_date"])
    return (day and content) if row["customer_id"] is None else (day or content)


def _other_activity(row: Row, was: Said) -> bool:
    """Say whether an activity with another customer has another day, and says something else."""
    same_note = row["note"] and row["note"] == was["note"]
    return _differ(_day(row), _day(was)) and not same_note


def _other_deal(row: Row, was: Said) -> bool:
    """Say whether a deal of another customer has another title, unless both were created on the same day."""
    if row["created_on"] and was["created_on"]:
        return bool(row["created_on"] != was["created_on"] and _differ(row["title"], was["title"]))
    return not row["untitled"] and _differ(row["title"], was["title"])


_OTHER = {"sales": _other_sale, "activities": _other_activity, "deals": _other_deal}


def _differ(one: Any, other: Any) -> bool:
    """Say whether two values differ that are both known."""
    return one is not None and other is not None and bool(one != other)


def _day(said: Said) -> str | None:
    return next((said[name] for name in ("on_date", "happened_on", "due_on") if said.get(name)), None)

"""Which record here is one of a foreign book that never came before: exactly the same name or address, never a guess."""

from typing import Any

from salestrack.store.engine import Row
from salestrack.store.export_merge import Foreign, Parts


class Alike:
    """Finds records of ours for those of theirs; each of ours is one of theirs at most."""

    def __init__(self, foreign: Foreign, uid: str) -> None:
        self._foreign = foreign
        self._uid = uid
        self._taken: dict[str, set[int]] = {}

    def find(self, table: str, row: Row, parts: Parts) -> int | None:
        """Return the id of the one record here that is meant, None where there is none or several."""
        match table:
            case "products":
                found = self._product(row)
            case "customers":
                found = self._customer(row)
            case "contacts":
                found = self._contact(row)
            case "quotas":
                found = self._quota(row)
            case "activities":  # the next time of what repeats: done here and there, it would be planned twice
                open_ = parts["schedules"] if not row["done"] else []
                found = self._foreign.steps(row, open_[0]) if open_ else []
            case _:
                return None
        taken = self._claimed(table)
        if len(found) != 1 or found[0]["id"] in taken:
            return None
        key = int(found[0]["id"])
        taken.add(key)
        return key

    def take(self, table: str, key: int) -> None:
        """Note that a record of ours is one of theirs, so that it is no other one as well."""
        self._claimed(table).add(key)

    def _claimed(self, table: str) -> set[int]:
        if table not in self._taken:
            self._taken[table] = self._foreign.claimed(table, self._uid)
        return self._taken[table]

    def _product(self, row: Row) -> list[Row]:
        if row["sku"] and (found := self._foreign.like("products", sku=row["sku"], removed_on=None)):
            return found
        named = self._foreign.like("products", key=row["key"], removed_on=None)
        return [one for one in named if not differ(one, row, "sku")]

    def _customer(self, row: Row) -> list[Row]:
        if row["merged_into"] is not None:
            return []
        named = self._foreign.like("customers", key=row["key"], merged_into=None)
        named = [one for one in named if not differ(one, row, "email_key")]
        if named or not row["email_key"]:
            return named
        return self._foreign.like("customers", email_key=row["email_key"], merged_into=None)

    def _contact(self, row: Row) -> list[Row]:
        customer = self._foreign.ours("customers", row["customer_id"])
        if customer is None:
            return []
        named = self._foreign.like("contacts", customer_id=customer, key=row["key"])
        return [one for one in named if not differ(one, row, "email_key")]

    def _quota(self, row: Row) -> list[Row]:
        owner: Any = self._foreign.ours("owners", row["owner_id"])
        names = ("metric", "start_on", "end_on", "channel")
        return self._foreign.like("quotas", owner_id=owner, **{name: row[name] for name in names})


def differ(one: Row, other: Row, column: str) -> bool:
    """Say whether two rows both have a value of a column, and not the same."""
    return None not in (one[column], other[column]) and one[column] != other[column]

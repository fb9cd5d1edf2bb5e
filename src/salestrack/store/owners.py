"""The people who sell."""

from salestrack.domain.names import clean
from salestrack.store.listed import NameList


class Owners(NameList):
    """The owners table."""

    table, noun, order = "owners", "owner", "name, id"

    def all(self) -> list[tuple[str, int]]:
        """Return every owner's name and id, retired or not."""
        return [(one.name, one.id) for one in self.listed(retired=True)]

    def resolve(self, text: str, *, retired: bool = False) -> int:
        """Return the id of the owner that text names; retired ones only where those are meant too.

        Raises NotFoundError, AmbiguousError, or RuleError for somebody who is retired.
        """
        return self.find(text, retired=retired).id

    def ensure(self, name: str, *, op: int) -> tuple[int, bool]:
        """Return the id of the owner with exactly this name, and whether it had to be added."""
        tidy = clean(name, "owner")
        found = self._engine.value("SELECT id FROM owners WHERE name = ?", (tidy,))
        return (found, False) if found else (self._engine.insert("owners", {"name": tidy, "created_op": op}), True)

    def email_of(self, key: int) -> str | None:
        """Return an owner's address."""
        found: str | None = self._engine.value("SELECT email FROM owners WHERE id = ?", (key,))
        return found

    def put_email(self, key: int, email: str | None) -> None:
        """Set an owner's address."""
        self._engine.update(self.table, key, {"email": email})

    def open_deals(self, key: int) -> list[int]:
        """Return the ids of the open deals of an owner."""
        rows = self._engine.query("SELECT id FROM deals WHERE status = 'open' AND owner_id = ? ORDER BY id", (key,))
        return [row["id"] for row in rows]

    def planned(self, key: int) -> int:
        """Return how many next steps an owner has."""
        sql = "SELECT count(*) FROM activities WHERE done = 0 AND due_on IS NOT NULL AND owner_id = ?"
        return int(self._engine.value(sql, (key,)))

    def quotas(self, key: int) -> int:
        """Return how many targets an owner has."""
        return int(self._engine.value("SELECT count(*) FROM quotas WHERE owner_id = ?", (key,)))

    def customers(self, key: int) -> int:
        """Return how many customers an owner has."""
        sql = "SELECT count(*) FROM customers WHERE merged_into IS NULL AND owner_id = ?"
        return int(self._engine.value(sql, (key,)))

    def hand_over(self, key: int, to: int) -> None:
        """Give an owner's next steps and customers to another one; deals have a history and go one by one."""
        engine = self._engine
        engine.execute("UPDATE activities SET owner_id = ? WHERE owner_id = ? AND done = 0", (to, key))
        engine.execute("UPDATE customers SET owner_id = ? WHERE owner_id = ? AND merged_into IS NULL", (to, key))

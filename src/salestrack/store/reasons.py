"""Why deals are lost: a list, so that the report on reasons is worth something."""

from salestrack.store.listed import Listed, NameList


class Reasons(NameList):
    """The lost_reasons table."""

    table, noun = "lost_reasons", "reason"
    adding = "salestrack lost --new-reason adds one"

    def ensure(self, name: str, *, op: int) -> Listed:
        """Return the reason of this name, added or brought back where that is needed."""
        found = self.exactly(name)
        return found if found and not found.removed_on else self.put(name, op=op)[0]

    def uses(self, key: int) -> int:
        """Return how many deals were lost for a reason."""
        return int(self._engine.value("SELECT count(*) FROM deals WHERE reason_id = ?", (key,)))

    def merge(self, key: int, into: int) -> int:
        """Give all deals of one reason another one, drop it, and return how many deals they were."""
        moved = self._engine.execute("UPDATE deals SET reason_id = ? WHERE reason_id = ?", (into, key))
        self._engine.delete(self.table, key)
        return moved

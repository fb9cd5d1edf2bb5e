"""Kinds of activity and their letters."""

from typing import NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.errors import RuleError
from salestrack.store.listed import Listed, NameList


class Uses(NamedTuple):
    """In how many places a kind is named: activities, and rules."""

    activities: int
    rules: int


class Kinds(NameList):
    """The activity_kinds table. Activities hold the kind's name as text, so a new name goes into them."""

    table, noun, order = "activity_kinds", "kind", "position, id"

    def letters(self) -> dict[str, str]:
        """Return the letters in use, each with the kind it stands for."""
        rows = self._engine.query("SELECT letter, name FROM activity_kinds WHERE letter IS NOT NULL ORDER BY position")
        return {row["letter"]: row["name"] for row in rows}

    def find(self, text: str, *, retired: bool = False) -> Listed:
        """Return the kind that a name or a letter stands for; errors as for any list."""
        named = self.letters().get(text.lower())
        return super().find(named or text, retired=retired)

    def next_position(self) -> int:
        """Return the place after the last kind."""
        return int(self._engine.value("SELECT coalesce(max(position), -1) + 1 FROM activity_kinds"))

    def put_letter(self, key: int, letter: str | None) -> None:
        """Set the letter of a kind; RuleError when it stands for another."""
        owner = self.letters().get(letter) if letter else None
        if owner and self._engine.value("SELECT id FROM activity_kinds WHERE letter = ?", (letter,)) != key:
            raise RuleError(f"the letter {letter} stands for {owner} already", hint="salestrack kind list shows them")
        self._engine.update(self.table, key, {"letter": letter})

    def letter_of(self, key: int) -> str | None:
        """Return the letter of a kind."""
        found: str | None = self._engine.value("SELECT letter FROM activity_kinds WHERE id = ?", (key,))
        return found

    def planned(self, name: str) -> int:
        """Return how many next steps of a kind are planned."""
        sql = "SELECT count(*) FROM activities WHERE done = 0 AND due_on IS NOT NULL AND kind = ?"
        return int(self._engine.value(sql, (name,)))

    def rename(self, key: int, name: str) -> None:
        """Give a kind another name; a trigger writes it wherever the old one stands, and an undo takes it out again.

        RuleError when activities have that name and no kind has it: then nobody could tell them apart afterwards.
        """
        if self.uses(name).activities:
            hint = f"salestrack kind add {quoted(name)} first, or choose another name"
            raise RuleError(f"there are activities of a kind {name} already, which is not on the list", hint=hint)
        super().rename(key, name)

    def uses(self, name: str) -> Uses:
        """Return how many activities and rules name a kind."""
        rules = (
            "SELECT (SELECT count(*) FROM follow_ups WHERE :kind IN (after_kind, kind)) "
            "+ (SELECT count(*) FROM score_rules WHERE what = 'activity' AND name = :kind)"
        )
        count = self._engine.value("SELECT count(*) FROM activities WHERE kind = ?", (name,))
        return Uses(int(count), int(self._engine.value(rules, {"kind": name})))

"""Outcomes of activities: the known ones that reports count by, and the book's own."""

from salestrack.domain.activities import OUTCOMES, known_outcome
from salestrack.domain.names import clean, fold, similar
from salestrack.errors import UsageError
from salestrack.store.listed import NameList


class Outcomes(NameList):
    """The outcomes table: the book's own. The known ones need no row."""

    table, noun, order = "outcomes", "outcome", "name"

    def resolve(self, text: str) -> str:
        """Return an outcome in its one spelling; any other word is kept as it is.

        Raises UsageError for a near miss of one that is known, RuleError for a retired one.
        """
        tidy = clean(text, "outcome")
        outcome = self.spelt(tidy)
        own = self.exactly(outcome)
        if own or outcome in OUTCOMES:
            return self.find(outcome).name if own and own.removed_on else outcome
        known = [*OUTCOMES, *(one.name for one in self.listed())]
        if near := similar(outcome, known, most=1):
            raise UsageError(f"'{text}' is not an outcome that reports know", hint=f"did you mean {near[0]}?")
        return outcome

    def spelt(self, text: str) -> str:
        """Return an outcome as the book spells it, whatever its case; unknown ones tidied only."""
        outcome = known_outcome(text)
        own = {fold(one.name): one.name for one in self.listed(retired=True)}
        return outcome if outcome in OUTCOMES else own.get(fold(outcome), outcome)

    def counted(self) -> dict[str, str]:
        """Return the book's own outcomes that count as a known one, each with that."""
        rows = self._engine.query("SELECT name, counts_as FROM outcomes WHERE counts_as IS NOT NULL ORDER BY name")
        return {row["name"]: row["counts_as"] for row in rows}

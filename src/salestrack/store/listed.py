"""Short lists of names in which what is retired stays behind: reasons, kinds, outcomes, owners, pipelines."""

from datetime import date
from typing import Any, ClassVar, NamedTuple

from salestrack.domain.names import clean, fold, pick, similar
from salestrack.domain.quoting import quoted
from salestrack.errors import RuleError, UsageError
from salestrack.store.engine import Engine, Row
from salestrack.store.journal import iso


class Listed(NamedTuple):
    """One name of a list, and since when it is retired."""

    id: int
    name: str
    removed_on: str | None = None


class NameList:
    """A table of names, read as a whole: they are few. A retired name stays on old records and in reports."""

    table: ClassVar[str]
    noun: ClassVar[str]
    order: ClassVar[str] = "id"
    adding: ClassVar[str] = ""
    """What to type for a name that is missing, where that is not `NOUN add`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(self, *, retired: bool = False) -> list[Listed]:
        """Return the names in order; retired ones only when asked for."""
        where = "1 = 1" if retired else "removed_on IS NULL"
        sql = f"SELECT id, name, removed_on FROM {self.table} WHERE {where} ORDER BY {self.order}"
        return [Listed(**row) for row in self._engine.query(sql)]

    def find(self, text: str, *, retired: bool = False) -> Listed:
        """Return what text names.

        Raises NotFoundError with the likeliest, AmbiguousError, or RuleError for a retired name unless those are meant.
        """
        known = self.listed()
        if retired:
            known += [one for one in self.listed(retired=True) if one.removed_on]
        elif not any(fold(one.name) == fold(text) for one in known) and (gone := self.exactly(text)):
            raise RuleError(
                f"the {self.noun} {gone.name} was retired on {gone.removed_on}",
                hint=f"salestrack {self.noun} add {quoted(gone.name)} brings it back",
            )
        near = similar(text, [one.name for one in known], most=1)
        hint = f"did you mean {near[0]}?" if near else self.adding or f"salestrack {self.noun} add adds one"
        return pick(text, [(one.name, one) for one in known], self.noun, hint=hint)

    def exactly(self, name: str) -> Listed | None:
        """Return the entry of just this name, whatever its case, retired or not."""
        same = [one for one in self.listed(retired=True) if fold(one.name) == fold(name)]
        return min(same, key=lambda one: (one.removed_on is not None, one.name != name, one.id), default=None)

    def put(self, name: str, *, op: int, **columns: Any) -> tuple[Listed, bool]:
        """Add a name and say whether it was there as a retired one, which comes back as it was.

        Raises RuleError when it is in use.
        """
        tidy = entry_name(name, self.noun)
        found = self.exactly(tidy)
        if found is None:
            row: Row = {"name": tidy, **columns, "created_op": op}
            return Listed(self._engine.insert(self.table, row), tidy), False
        if not found.removed_on:
            raise self._taken(found)
        self._engine.update(self.table, found.id, {"removed_on": None, **columns})
        return found._replace(removed_on=None), True

    def checked(self, name: str, own: Listed) -> str:
        """Return a new name for an entry, tidied; RuleError when another one has it or nothing would change."""
        tidy = entry_name(name, self.noun)
        other = self.exactly(tidy)
        if other and other.id != own.id:
            raise self._taken(other)
        if tidy == own.name:
            raise RuleError(f"the {self.noun} is called {tidy} already")
        return tidy

    def rename(self, key: int, name: str) -> None:
        """Give an entry another name."""
        self._engine.update(self.table, key, {"name": name})

    def retire(self, key: int, *, on: date, **columns: Any) -> None:
        """Take a name out of use from a day on."""
        self._engine.update(self.table, key, {"removed_on": iso(on), **columns})

    @property
    def _a(self) -> str:
        return "an" if self.noun[0] in "aeiou" else "a"

    def _taken(self, other: Listed) -> RuleError:
        if other.removed_on:
            hint = f"salestrack {self.noun} add {quoted(other.name)} brings it back"
            return RuleError(f"there was {self._a} {self.noun} {other.name}, retired on {other.removed_on}", hint=hint)
        return RuleError(f"there is already {self._a} {self.noun} {other.name}")


def entry_name(text: str, what: str) -> str:
    """Return a name for a list, tidied; UsageError for one that is empty, overlong, or would be read as an option."""
    tidy = clean(text, f"{what}'s name")
    if tidy.startswith("-"):
        raise UsageError(f"the {what}'s name {quoted(tidy)} begins with a dash", hint="it would be read as an option")
    return tidy

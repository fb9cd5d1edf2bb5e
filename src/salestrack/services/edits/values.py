"""Values set on records, as options or a document say them: all of one record's are written together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.refs import Ref
from salestrack.errors import SalestrackError
from salestrack.services.answers import Part
from salestrack.services.edits import Change
from salestrack.services.edits.fields import Act, Given, Kind, told
from salestrack.services.edits.kinds import kind_of
from salestrack.services.edits.lines import LinesChange
from salestrack.store import Operation, Store


class Setting(NamedTuple):
    """One field that gets a value; text as it was typed, `-` empties it."""

    option: str
    letters: str
    name: str
    text: str
    given: Given
    where: str = ""
    """Where it stands in a document, like `line 7, amount`; put before what is wrong with it."""

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Set the field of one record; return what changed."""
        return Settings((self,)).apply(store, ref, op=op, on=on)

    def read(self, kind: Kind, record: Any) -> Mapping[str, Any]:
        """Return the columns that it sets on a record; raises what the text is refused with."""
        with placed(self.where):
            return kind.read(self.given, record, self.name, self.text)


class Settings(NamedTuple):
    """Several fields of a record that change at once: one new version of a deal, one look at the rules."""

    settings: tuple[Setting, ...]
    correct: bool = False

    @property
    def option(self) -> str:
        """Return the first option."""
        return self.settings[0].option

    @property
    def letters(self) -> str:
        """Return the kinds of record that have all of the fields."""
        first, *others = (setting.letters for setting in self.settings)
        return "".join(letter for letter in first if all(letter in letters for letters in others))

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Set the fields of one record, in the order in which its kind names them; return what changed."""
        kind = kind_of(ref)
        before = after = kind.get(store, ref.id)
        columns: dict[str, Any] = {}
        order = [field.name for field in kind.fields]
        for setting in sorted(self.settings, key=lambda setting: order.index(kind.field(setting.name).name)):
            columns |= setting.read(kind, after)
            after = before._replace(**columns)
        extras = kind.save(store, before, after, Act(op, on, frozenset(columns), self.correct))
        saved = kind.get(store, ref.id)
        return [*told(kind, store, before, saved), *extras]


class Placed(NamedTuple):
    """Another change, with the place in a document that it stands at, like `line 7, size`."""

    change: Change
    where: str

    @property
    def option(self) -> str:
        """Return how the change is asked for."""
        return self.change.option

    @property
    def letters(self) -> str:
        """Return the kinds of record that the change fits."""
        return self.change.letters

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Write the change; what it is refused with names the place."""
        with placed(self.where):
            return self.change.apply(store, ref, op=op, on=on)


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Put a place before the sentence of an error that is raised in the block, where there is one."""
    try:
        yield
    except SalestrackError as error:
        if where:
            error.message = f"{where}: {error.message}"
        raise


def grouped(changes: Sequence[Change], *, correct: bool) -> list[Change]:
    """Return the changes with the values to set taken together, and first."""
    settings = tuple(change for change in changes if isinstance(change, Setting))
    names = {setting.name for setting in settings}

    def along(change: Change) -> Change:
        """Tell new lines what is set together with them."""
        if isinstance(change, Placed):
            return change._replace(change=along(change.change))
        if not isinstance(change, LinesChange):
            return change
        return change._replace(fit="amount" in names, taxed="tax" in names, correct=correct)

    others = [along(change) for change in changes if not isinstance(change, Setting)]
    return [*([Settings(settings, correct)] if settings else []), *others]

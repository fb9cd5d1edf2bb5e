"""A record of ours follows one of a foreign book, but for what people set here."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from salestrack.services.foreign.belongings import PIECES, Belongings, repeats_differ
from salestrack.services.foreign.histories import woven
from salestrack.services.foreign.mapping import Mapping, same_parts
from salestrack.services.foreign.units import DERIVED, LINES, NEVER, SPAN, UNITS, called, units_of
from salestrack.services.imports.columns import spread
from salestrack.store.engine import Engine, Row
from salestrack.store.export_merge import Foreign, Parts
from salestrack.store.part_edits import MARK, PartEdits

_FILLED = ("customers", "contacts", "products")


class Outcome(NamedTuple):
    """What changed of a record, what stayed as it was set here, and what differs from a record of the same name."""

    changed: list[str]
    kept: list[str]
    differing: list[str]


class Told(NamedTuple):
    """What is known of a record that comes again: is it one of this book's own that came home, what did people set there."""

    home: bool = False
    hand: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Case:
    """One record of ours beside theirs, and what was decided so far."""

    table: str
    key: int
    now: Row
    wanted: Row
    here: Parts
    there: Parts
    told: Told
    hand: set[str] = field(default_factory=set)
    before: dict[str, list[Any]] = field(default_factory=dict)
    made: int | None = None
    taken: set[str] = field(default_factory=set)
    stayed: set[str] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)

    def differs(self, name: str) -> bool:
        """Say whether a column or part is another there."""
        if name in self.there:
            return not same_parts(self.here[name], self.there[name], but=("book_amount",))
        return bool(self.wanted[name] != self.now[name])

    def differs_at_all(self, but: Collection[str]) -> bool:
        """Say whether anything is another there, whatever some columns hold."""
        columns = any(self.wanted[name] != self.now[name] for name in self.wanted if name not in but)
        return columns or any(not same_parts(self.here[part], rows) for part, rows in self.there.items())


class Changing:
    """Brings single records of ours up to date."""

    def __init__(
        self, engine: Engine, foreign: Foreign, mapping: Mapping, source: str, *, op: int, theirs_wins: bool = False
    ) -> None:
        self._engine = engine
        self._foreign = foreign
        self._mapping = mapping
        self._theirs_wins = theirs_wins
        self._belongings = Belongings(engine, PartEdits(engine, source), op=op, theirs_wins=theirs_wins)
        self._op = op

    def update(self, table: str, row: Row, parts: Parts, key: int, told: Told) -> Outcome:
        """Let a record of ours follow theirs in everything that no person set here."""
        case = self._case(table, row, parts, key, told)
        if not case.differs_at_all(NEVER - {"fields"} - (DERIVED if self._mapping.same_currency else set())):
            return Outcome([], [], [])
        case.hand = self._foreign.hand_set(table, key, typed=not told.home)
        case.before = self._foreign.held_before(table, key)
        case.made = self._foreign.made_by(table, key) if told.home else None
        for unit in units_of(table, case.wanted):
            self._decide(
                case, unit, [name for name in sorted(unit) if name in case.now | case.here and case.differs(name)]
            )
        changes = {name: case.wanted[name] for name in case.taken if name in case.wanted}
        if "fields" in case.wanted:
            changes |= self._fields(case)
        changes |= self._worth(case, changes)
        self._engine.update(table, key, changes)
        changed = [name for name in changes if name != "fields"] + [name for name in case.taken if name[:6] == "field:"]
        changed += self._lines(case, changes)
        changed += self._parts(case)
        return Outcome(called(sorted(changed)), called(case.kept), [])

    def fill(self, table: str, row: Row, parts: Parts, key: int) -> Outcome:
        """Fill what is blank in a record of ours that is also one of theirs; what it has stays."""
        wanted = self._mapping.record(table, row)
        now = self._foreign.rows(table, [key])[key]
        unlike = [name for name in wanted if wanted[name] != now[name] and None not in (wanted[name], now[name])]
        spelled = {"name"} if wanted.get("key") == now.get("key") else set()  # the same name, whatever its case
        differing = called([name for name in unlike if name not in NEVER | spelled | {"created_on"}])
        if table not in _FILLED:
            return Outcome([], [], differing)
        blank = {name: value for name, value in wanted.items() if now[name] is None and value is not None}
        for group in UNITS[table]:
            if any(now[name] is not None for name in group):
                blank = {name: value for name, value in blank.items() if name not in group}
        changes = {name: value for name, value in blank.items() if name not in NEVER}
        fields = json.loads(wanted["fields"]) | json.loads(now["fields"])
        if fields != json.loads(now["fields"]):
            changes["fields"] = _dumped(fields)
        self._engine.update(table, key, changes)
        added = list(changes)
        there = self._foreign.parts("main", table, [key])[key]
        for part, rows in self._mapping.parts(table, parts, key, wanted).items():
            if self._belongings.pieces(table, part, there[part], [*there[part], *rows], key)[0]:
                added.append(part)
        return Outcome(called(added), [], differing)

    def _case(self, table: str, row: Row, parts: Parts, key: int, told: Told) -> _Case:
        wanted = self._mapping.record(table, row)
        now, here = self._foreign.rows(table, [key])[key], self._foreign.parts("main", table, [key])[key]
        return _Case(table, key, now, wanted, here, self._mapping.parts(table, parts, key, wanted), told)

    def _decide(self, case: _Case, unit: frozenset[str], differing: list[str]) -> None:
        """Decide whether columns that belong together follow: not where a person set them here, or they only are behind.

        They are behind where they still say what was here before, and nobody set it there.
        """
        hand = unit & case.hand
        if lines := [name for name in unit if name in case.there]:
            part = lines[0]
            hand |= {part} if self._touched(case, part) else set()
        if not differing:
            case.stayed |= unit if hand else set()
            return
        there = case.told.hand & {name if name not in case.there else f"{MARK}{name}" for name in differing}
        columns = [name for name in differing if name not in case.there]
        behind = columns and all(
            name in case.before and self._said(case, name) in case.before[name] for name in columns
        )
        if not there and ((behind and not (self._theirs_wins and not case.told.home)) or (hand and case.told.home)):
            case.stayed |= unit
        elif hand and not self._theirs_wins:
            case.stayed |= unit
            if "key" not in unit or "key" in differing:  # else it is the same name, whatever its case
                case.kept += [name for name in differing if name in hand] or differing
        elif hand and not there and columns and all(self._said(case, name) is None for name in columns):
            case.stayed |= unit  # they know nothing of it: that takes nothing away that was set here
        else:
            case.taken |= set(differing)

    @staticmethod
    def _said(case: _Case, name: str) -> Any:
        return json.loads(case.wanted["fields"]).get(name[6:]) if name[:6] == "field:" else case.wanted[name]

    def _touched(self, case: _Case, part: str) -> bool:
        return self._belongings.touched(case.table, part, case.key, hand=case.hand, made=case.made)

    def _fields(self, case: _Case) -> Row:
        """Return the custom fields as they are to be, each decided for itself."""
        ours, theirs = json.loads(case.now["fields"]), json.loads(case.wanted["fields"])
        after = dict(ours)
        for name in sorted(ours | theirs):
            if ours.get(name) == theirs.get(name):
                continue
            self._decide(case, frozenset({f"field:{name}"}), [f"field:{name}"])
            if f"field:{name}" in case.taken:
                after[name] = theirs.get(name)
        after = {name: value for name, value in after.items() if value is not None}
        return {"fields": _dumped(after)} if after != ours else {}

    def _worth(self, case: _Case, changes: Row) -> Row:
        """Return the rate and what the record is worth in the book's currency, where what they follow from changed."""
        if "book_amount" not in case.now:
            return {}
        after = case.now | changes
        basis = [name for name in ("amount", "currency", "status", "closed_on", "on_date") if name in after]
        if any(after[name] != case.wanted[name] for name in basis):
            if all(after[name] == case.now[name] for name in basis):
                return {}
            found = self._mapping.worth(case.table, after, (case.wanted, case.now))
        elif all(after[name] == case.now[name] for name in basis):
            if not self._mapping.same_currency or (case.hand & {"rate"} and not self._theirs_wins):
                return {}
            behind = case.wanted["rate"] in case.before.get("rate", ())
            found = {} if behind else {name: case.wanted[name] for name in ("rate", "book_amount")}
        elif not self._mapping.same_currency and all(after[n] == case.now[n] for n in basis if n != "amount"):
            found = self._mapping.worth(case.table, after, (case.now,))  # at the rate that was pinned here
        else:
            found = {name: case.wanted[name] for name in ("rate", "book_amount")}
        return {name: value for name, value in found.items() if value != case.now[name]}

    def _lines(self, case: _Case, changes: Row) -> list[str]:
        """Bring the lines up to date, theirs or ours, with their shares of what the record is worth."""
        part = LINES.get(case.table)
        if part is None:
            return []
        ours, worth = part not in case.taken, (case.now | changes)["book_amount"]
        if ours and "book_amount" not in changes:
            return []
        rows = case.here[part] if ours else case.there[part]
        if rows and sum(row["book_amount"] or 0 for row in rows) != (worth or 0):
            shares = spread([row["amount"] or 0 for row in rows], worth)
            rows = [row | {"book_amount": share} for row, share in zip(rows, shares, strict=True)]
        if not ours:
            return [part] if self._belongings.replace(part, case.here[part], rows) else []
        for before, after in zip(case.here[part], rows, strict=True):
            if before["book_amount"] != after["book_amount"]:
                self._engine.update(part, before["id"], {"book_amount": after["book_amount"]})
        return []

    def _parts(self, case: _Case) -> list[str]:
        """Let what belongs to a record follow, but for its lines; return what changed."""
        changed = []
        for part, rows in case.there.items():
            if part in PIECES:
                follows, stayed = self._belongings.pieces(case.table, part, case.here[part], rows, case.key)
                changed += [part] if follows else []
                case.kept += [part] if stayed and not case.told.home else []
            elif part == "deal_history":
                self._belongings.replace(part, case.here[part], self._history(case, rows))
            elif part == "schedules" and (name := repeats_differ(case.here[part], rows)):
                touched = self._touched(case, part)
                if not touched or (self._theirs_wins and rows):
                    changed += [name] if self._belongings.replace(part, case.here[part], rows) else []
                elif not case.told.home or f"{MARK}{part}" in case.told.hand:
                    case.kept.append(name)
        return changed

    @staticmethod
    def _history(case: _Case, rows: list[Row]) -> list[Row]:
        """Return the history of a deal: of what stayed as it was here, of all else as it was there."""
        kept = [name for name, column in SPAN.items() if column in case.stayed]
        if not kept:
            return rows
        return case.here["deal_history"] if len(kept) == len(SPAN) else woven(case.here["deal_history"], rows, kept)


def _dumped(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)

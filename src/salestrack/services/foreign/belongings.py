"""What belongs to a record follows a foreign book piece by piece: what people added or removed here stays so."""

from collections.abc import Iterable

from salestrack.services.foreign.mapping import NOUNS, said, same_parts
from salestrack.store.engine import Engine, Row
from salestrack.store.export_merge import CHANGES
from salestrack.store.part_edits import MARK, PartEdits
from salestrack.store.refusals import ALIKE

PIECES: dict[str, str] = {
    "customer_aliases": "key", "customer_tags": "tag_id", "deal_tags": "tag_id", "sale_tags": "tag_id",
    "activity_tags": "tag_id", "deal_contacts": "contact_id", "activity_contacts": "contact_id",
}  # fmt: skip
"""Parts that are a set, and by which column one piece of it is the same here and there."""
# By which columns no two rows of a table are alike; more of them stand in the list of the store.
_PLACES = {"schedules": ("deal_id", "sale_id", "activity_id"), "schedule_changes": ("schedule_id", "from_on")}


class Belongings:
    """Brings what belongs to single records of ours up to date."""

    def __init__(self, engine: Engine, edits: PartEdits, *, op: int, theirs_wins: bool) -> None:
        self._engine = engine
        self._edits = edits
        self._op = op
        self._theirs_wins = theirs_wins

    def touched(self, table: str, part: str, key: int, *, hand: Iterable[str], made: int | None) -> bool:
        """Say whether a person had the last hand in a part of a record; what operation `made` did, made the record."""
        return f"{MARK}{part}" in set(hand) or self._edits.touched(part, f"{NOUNS[table]}_id", key, made=made)

    def pieces(self, table: str, part: str, now: list[Row], wanted: list[Row], key: int) -> tuple[bool, bool]:
        """Let a set follow, and say whether it changed, and whether something stayed out that a person removed here."""
        name = PIECES[part]
        ours, theirs = {row[name]: row for row in now}, {row[name]: row for row in wanted}
        missing = [row for piece, row in theirs.items() if piece not in ours]
        removed = {row[name] for row in self._edits.removed(part, f"{NOUNS[table]}_id", key)} if missing else set()
        coming = [row for row in missing if row[name] not in removed or self._theirs_wins]
        leaving = [row for piece, row in ours.items() if piece not in theirs]
        leaving = [row for row in leaving if self._edits.brought_by_them(part, row["id"])]
        for row in leaving:
            self._engine.delete(part, row["id"])
        for row in coming:
            insert_part(self._engine, part, row, op=self._op)
        return bool(coming or leaving), len(coming) < len(missing)

    def replace(self, part: str, now: list[Row], rows: list[Row]) -> bool:
        """Make a part what it is to be and say whether it was another; what has one place only is changed in it.

        Else its undo would find the place taken.
        """
        if same_parts(now, rows):
            return False
        wanted, differing = list(rows), list[Row]()
        for row in now:
            same = next((one for one in wanted if said(one) == said(row)), None)
            if same is None:
                differing.append(row)
            else:
                wanted.remove(same)
        for row in differing:
            rival = next((one for one in wanted if _in_place_of(part, one, row)), None)
            if rival is None:
                self._engine.delete(part, row["id"])
                continue
            wanted.remove(rival)
            self._change(part, row, rival)
        for row in wanted:
            insert_part(self._engine, part, row, op=self._op)
        return True

    def _change(self, part: str, row: Row, rival: Row) -> None:
        changes = {name: value for name, value in rival.items() if name != CHANGES and value != row[name]}
        self._engine.update(part, row["id"], changes)
        if CHANGES in rival:
            mine = {"schedule_id": row["id"]}
            self.replace("schedule_changes", row[CHANGES], [one | mine for one in rival[CHANGES]])


def insert_part(engine: Engine, part: str, row: Row, *, op: int) -> None:
    """Add what belongs to a record; a schedule brings its price changes along."""
    changes = row.get(CHANGES, ())
    key = engine.insert(part, {name: value for name, value in row.items() if name != CHANGES} | {"created_op": op})
    for change in changes:
        engine.insert("schedule_changes", {"schedule_id": key, **change, "created_op": op})


def repeats_differ(now: list[Row], rows: list[Row]) -> str:
    """Return which table of what repeats differs, nothing where none does."""
    if same_parts(now, rows):
        return ""
    bare = [[{**row, CHANGES: []} for row in side] for side in (now, rows)]
    return "schedule_changes" if same_parts(*bare) else "schedules"


def _in_place_of(part: str, one: Row, other: Row) -> bool:
    """Say whether a table has room for only one of two rows."""
    places = _PLACES.get(part) or ALIKE.get(part)
    return places is not None and all(one[name] == other[name] for name in places)

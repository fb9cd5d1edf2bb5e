"""Further keys of records: those of rows that are written differently than the row that brought the record.

Such a key is kept with a sign before it, so that it counts nowhere as a row of its own: a record that has several stays
one record, whose first key tells which row of a file stands for it.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from salestrack.store.engine import Engine
from salestrack.store.staged_again import UNUSED
from salestrack.store.staged_orders import BESIDE

SIGN = "="
_UNMOVED = (  # else the record was merged into another one since
    "NOT EXISTS (SELECT 1 FROM journal j WHERE j.row_id = {0}.id AND j.tbl = 'import_keys' "
    "AND json_extract(j.before, '$.record_id') <> {0}.record_id)"
)
# The first key of a record, which is an id only where no row without one brought it.
_FIRST = f"""
k.key NOT GLOB '{SIGN}v1:*' AND (k.key GLOB 'v1:*' OR NOT EXISTS (SELECT 1 FROM import_keys o
WHERE o.record_id = k.record_id AND o.kind = k.kind AND o.source = k.source AND o.key GLOB 'v1:*'))
"""
_PAIRED = """
INSERT INTO staging.paired (line, key, record_id, here) SELECT line, key, record_id, here FROM (
    SELECT r.line, k.key, k.record_id, t.id IS NOT NULL AS here,
        row_number() OVER (PARTITION BY r.line ORDER BY k.key) AS one,
        row_number() OVER (PARTITION BY k.key ORDER BY r.line) AS other
    FROM staging.rows r JOIN import_keys f ON f.key = '{sign}' || r.key AND f.kind = :kind AND f.source = :source
    CROSS JOIN import_keys k ON k.record_id = f.record_id AND {unused} AND {first}
    LEFT JOIN {kind} t ON t.id = k.record_id WHERE r.state IN (0, 4){unmoved}
) WHERE one = 1 AND other = 1
"""
_AS_LAST = f"""
UPDATE staging.rows SET state = 1 FROM staging.taken t, import_keys f WHERE rows.line = t.line AND rows.state = 2
AND f.key = '{SIGN}' || t.own AND f.kind = :kind AND f.source = :source AND f.print = rows.print
"""
_KEPT = f"""
INSERT INTO import_keys (source, kind, key, record_id, print, created_op)
SELECT :source, :kind, '{SIGN}' || t.own, r.record_id, r.print, :op FROM staging.taken t JOIN staging.rows r ON r.line = t.line
WHERE r.state IN {{states}} AND r.print IS NOT NULL AND t.own GLOB 'v1:*' AND t.own <> t.key ORDER BY t.own
ON CONFLICT (key, kind, source) DO UPDATE SET record_id = excluded.record_id, print = excluded.print
WHERE record_id <> excluded.record_id OR print <> excluded.print
"""


class Understood(NamedTuple):
    """What a row stood for that came in before in just this writing: a record by its first key, and whether it is here."""

    key: str
    record_id: int
    print: int
    exists: bool


class FurtherKeys:
    """The further keys of the records of one source and kind."""

    def __init__(self, engine: Engine, source: str, kind: str) -> None:
        self._engine = engine
        self._kind = kind
        self._params = {"source": source, "kind": kind, "beside": BESIDE}

    def pair(self) -> int:
        """Pair unknown rows with the records they stood for in this writing before; return how many."""
        for table in ("meant", "paired"):
            self._engine.execute(f"DELETE FROM staging.{table}")
        unmoved = "".join(f" AND {_UNMOVED.format(key)}" for key in "fk") if self._kind == "deals" else ""
        sql = _PAIRED.format(sign=SIGN, unused=UNUSED, first=_FIRST, kind=self._kind, unmoved=unmoved)
        found = self._engine.execute(sql, self._params)
        self._engine.execute("INSERT INTO staging.meant (line, meaning) SELECT line, key FROM staging.paired")
        return found

    def pass_over_equal(self) -> None:
        """Count rows as unchanged that are, sign by sign, what stood for their records before."""
        self._engine.execute(_AS_LAST, self._params)

    def keep(self, states: Collection[int], op: int) -> None:
        """Remember the keys of the rows in some states that were found by what they mean."""
        listed = f"({', '.join(map(str, sorted(states)))})"
        self._engine.execute(_KEPT.format(states=listed), {**self._params, "op": op})

    def understood(self, keys: Mapping[str, int]) -> dict[str, Understood]:
        """Return what rows with these keys and prints stood for before, of which no row of the file did so far."""
        found: dict[str, Understood] = {}
        for key, print_ in keys.items():
            rows = self._engine.query(
                f"SELECT k.key, k.record_id, f.print, t.id IS NOT NULL AS found FROM import_keys f "
                f"JOIN import_keys k ON k.record_id = f.record_id AND {UNUSED} AND {_FIRST} "
                f"LEFT JOIN {self._kind} t ON t.id = k.record_id "
                "WHERE f.key = :sign || :own AND f.kind = :kind AND f.source = :source AND f.print = :print LIMIT 1",
                {**self._params, "sign": SIGN, "own": key, "print": print_},
            )
            for row in rows:
                found[key] = Understood(row["key"], row["record_id"], row["print"], bool(row["found"]))
        return found


__all__ = ["SIGN", "FurtherKeys", "Understood"]

"""Rows whose ids nobody knows, beside the known ids of their source that are the same number in another spelling."""

from collections.abc import Callable, Iterator

from salestrack.store.engine import Engine
from salestrack.store.staging import CHANGED, NEW, REMOVED, Staging

# What a number may look like, and what it looks like in no plain spelling. Of a million ids only these are looked into.
_NUMERIC = "{0} GLOB '[0-9'']*' AND {0} NOT GLOB '*[a-zA-Z_/#:+-]*'"
_ODD = f"({{0}} GLOB '*[^0-9]*' OR {{0}} GLOB '0?*') AND {_NUMERIC}"
_OF_SOURCE = "k.kind = :kind AND k.source = :source"
_PLAIN = f"""
INSERT INTO staging.brought (key, record_id, meaning)
SELECT k.key, k.record_id, k.key FROM (SELECT DISTINCT meaning FROM staging.meant) m
CROSS JOIN import_keys k ON k.key = m.meaning AND {_OF_SOURCE}
"""
_PAIRED = """
INSERT INTO staging.paired (line, key, record_id, here)
SELECT a.line, b.key, b.record_id, EXISTS (SELECT 1 FROM {kind} t WHERE t.id = b.record_id) FROM (
    SELECT min(line) AS line, meaning FROM staging.meant GROUP BY meaning HAVING count(*) = 1
) a JOIN (
    SELECT min(key) AS key, min(record_id) AS record_id, meaning FROM staging.brought
    WHERE meaning IN (SELECT meaning FROM staging.meant) GROUP BY meaning HAVING count(*) = 1
) b ON b.meaning = a.meaning
WHERE NOT EXISTS (SELECT 1 FROM staging.rows x WHERE x.key = b.key)
"""
# A look at some of them spares the comparison of all where it cannot find anything.
_SEEN = f"""
SELECT count(*) AS n, sum(EXISTS (
    SELECT 1 FROM sales s WHERE s.on_date = r.on_date AND s.amount = r.amount AND s.customer_id = r.customer_id)) AS seen
FROM (SELECT on_date, amount, customer_id FROM staging.rows WHERE state = {NEW} AND on_date IN (
    SELECT on_date FROM (SELECT DISTINCT on_date FROM staging.rows WHERE state = {NEW}) d
    WHERE EXISTS (SELECT 1 FROM sales t WHERE t.on_date = d.on_date)) LIMIT 500) r
"""
FEW = 4


class StagedSpellings:
    """Finds, for staged rows that look new, the one known id that is theirs but for the spelling."""

    def __init__(self, engine: Engine, staging: Staging, source: str, kind: str) -> None:
        self._engine = engine
        self._staging = staging
        self._kind = kind
        self._params = {"source": source, "kind": kind}

    def pair(self, plain: Callable[[str], str | None]) -> int:
        """Pair rows with known ids, each with the only one that has the same plain form; return how many there are."""
        new = f"state = {NEW} AND {_NUMERIC.format('key')}"
        if self._engine.value(f"SELECT 1 FROM staging.rows WHERE {new} LIMIT 1") is None:
            return 0
        odd = f"{_ODD.format('k.key')} AND {_OF_SOURCE}"
        known = self._engine.value(f"SELECT 1 FROM import_keys k WHERE {odd} LIMIT 1", self._params) is not None
        if not known:  # then a plain id is new
            new = f"state = {NEW} AND {_ODD.format('key')}"
        for table in ("meant", "brought", "paired"):
            self._engine.execute(f"DELETE FROM staging.{table}")
        rows = self._engine.stream(f"SELECT line, key FROM staging.rows WHERE {new}")
        self._staging.add("meant", ("line", "meaning"), _plain(rows, plain))
        if known:
            keys = self._engine.stream(f"SELECT k.record_id, k.key FROM import_keys k WHERE {odd}", self._params)
            found = ((record, key, form) for record, key in keys if (form := plain(key)) is not None)
            self._staging.add("brought", ("record_id", "key", "meaning"), found)
        self._engine.execute(_PLAIN, self._params)
        self._engine.execute(_PAIRED.format(kind=self._kind))
        return int(self._engine.value("SELECT count(*) FROM staging.paired"))

    def example(self) -> tuple[str, str]:
        """Return how the first paired row writes its id, and how the book knows it."""
        sql = "SELECT r.key AS now, m.key AS was FROM staging.paired m JOIN staging.rows r ON r.line = m.line ORDER BY r.line"
        row = self._engine.query(f"{sql} LIMIT 1")[0]
        return row["now"], row["was"]

    def take(self, *, full: bool) -> int:
        """Let the paired rows stand for the records of these ids; return how many rows of the file they are."""
        if full:
            keys = self._engine.query("SELECT key FROM staging.paired")
            self._staging.note_present(self._params["source"], self._kind, [row["key"] for row in keys])
        self._engine.execute(
            f"UPDATE staging.rows SET state = iif(m.here, {CHANGED}, {REMOVED}), record_id = m.record_id, key = m.key "
            "FROM staging.paired m WHERE rows.line = m.line"
        )
        sql = "SELECT sum(r.rows) FROM staging.paired m JOIN staging.rows r ON r.line = m.line"
        return int(self._engine.value(sql))

    def may_be_alike(self) -> bool:
        """Say whether enough of the first new sales, on days that the book has, are to a customer who paid that then."""
        if self._kind != "sales":
            return True
        row = self._engine.query(_SEEN)[0]
        return int(row["seen"] or 0) * FEW > int(row["n"])

    def few_known(self) -> bool:
        """Say whether the file has more rows that nobody knows than others."""
        sql = f"SELECT coalesce(sum(iif(state = {NEW}, 1, -1)), 0) FROM staging.rows"
        return int(self._engine.value(sql)) > 0


def _plain(rows: Iterator[tuple[int, str]], plain: Callable[[str], str | None]) -> Iterator[tuple[int, str]]:
    """Yield (line, plain form) of rows whose ids are numbers."""
    for line, key in rows:
        if (form := plain(key)) is not None:
            yield line, form

"""Tags on records."""

from collections.abc import Collection

from salestrack.domain.names import clean, fold, pick, similar
from salestrack.store.engine import Engine

TAGGED = {"customer": "customer_tags", "deal": "deal_tags", "sale": "sale_tags", "activity": "activity_tags"}

FEW = 500


class Tags:
    """Tags and the records they stand on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def resolve(self, text: str) -> int:
        """Return the id of the tag that text names; NotFoundError or AmbiguousError otherwise."""
        names = self.all()
        near = similar(text, [name for name, _ in names], most=1)
        return pick(text, names, "tag", hint=f"did you mean {near[0]}?" if near else None)

    def all(self) -> list[tuple[str, int]]:
        """Return every tag's name and id."""
        return [(row["name"], row["id"]) for row in self._engine.query("SELECT name, id FROM tags ORDER BY name")]

    def exactly(self, name: str) -> tuple[str, int] | None:
        """Return the tag of just this name, whatever its case."""
        same = [(known, key) for known, key in self.all() if fold(known) == fold(name)]
        return min(same, key=lambda tag: tag[0] != name, default=None)

    def rename(self, key: int, name: str) -> None:
        """Give a tag another name."""
        self._engine.update("tags", key, {"name": name})

    def uses(self, key: int) -> dict[str, int]:
        """Return on how many records of each kind a tag stands."""
        counts = {
            record: int(self._engine.value(f"SELECT count(*) FROM {table} WHERE tag_id = ?", (key,)))
            for record, table in TAGGED.items()
        }
        return {record: count for record, count in counts.items() if count}

    def merge(self, key: int, into: int) -> None:
        """Put one tag where another stands, and drop that; a record that has both keeps one."""
        for record, table in TAGGED.items():
            both = f"SELECT {record}_id FROM {table} WHERE tag_id = ?"
            self._engine.execute(f"DELETE FROM {table} WHERE tag_id = ? AND {record}_id IN ({both})", (key, into))
            self._engine.execute(f"UPDATE {table} SET tag_id = ? WHERE tag_id = ?", (into, key))
        self._engine.delete("tags", key)

    def remove(self, key: int) -> None:
        """Take a tag off everything, and off the list."""
        for table in TAGGED.values():
            self._engine.execute(f"DELETE FROM {table} WHERE tag_id = ?", (key,))
        self._engine.delete("tags", key)

    def put(self, record: str, key: int, names: list[str], *, op: int) -> None:
        """Put tags on a record; a tag that it has already is left as it is."""
        table = TAGGED[record]
        for name in dict.fromkeys(clean(name, "tag") for name in names):
            known = self.exactly(name)
            tag = known[1] if known else self._engine.insert("tags", {"name": name, "created_op": op})
            if not self._engine.value(f"SELECT 1 FROM {table} WHERE {record}_id = ? AND tag_id = ?", (key, tag)):
                self._engine.insert(table, {f"{record}_id": key, "tag_id": tag, "created_op": op})

    def take(self, record: str, key: int, tag: int) -> bool:
        """Take a tag off one record; return whether it stood there."""
        found = self._engine.value(f"SELECT id FROM {TAGGED[record]} WHERE {record}_id = ? AND tag_id = ?", (key, tag))
        if found is not None:
            self._engine.delete(TAGGED[record], found)
        return found is not None

    def on(self, record: str, keys: Collection[int]) -> dict[int, list[str]]:
        """Return the names of the tags on records of one kind, by record; one that has none is left out."""
        sql = f"SELECT x.{record}_id AS id, t.name FROM {TAGGED[record]} x JOIN tags t ON t.id = x.tag_id"
        params: tuple[int, ...] = ()
        if len(keys) <= FEW:  # of more records it is quicker to read them all
            params = tuple(keys)
            sql += f" WHERE x.{record}_id IN ({', '.join('?' * len(params))})"
        found: dict[int, list[str]] = {}
        for key, name in self._engine.stream(f"{sql} ORDER BY t.name", params):
            found.setdefault(key, []).append(name)
        return found

    def of(self, record: str, key: int) -> list[str]:
        """Return the names of the tags on a record."""
        rows = self._engine.query(
            f"SELECT t.name FROM {TAGGED[record]} x JOIN tags t ON t.id = x.tag_id WHERE x.{record}_id = ? ORDER BY t.name",
            (key,),
        )
        return [row["name"] for row in rows]

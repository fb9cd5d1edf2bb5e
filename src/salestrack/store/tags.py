"""Small sets of names: the people who sell, and tags on records."""

from salestrack.domain.names import clean, pick
from salestrack.store.engine import Engine

TAGGED = {"customer": "customer_tags", "deal": "deal_tags", "sale": "sale_tags", "activity": "activity_tags"}


class Owners:
    """The people who sell."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[tuple[str, int]]:
        """Return every owner's name and id."""
        rows = self._engine.query("SELECT name, id FROM owners ORDER BY name")
        return [(row["name"], row["id"]) for row in rows]

    def resolve(self, text: str) -> int:
        """Return the id of the owner that text names; NotFoundError or AmbiguousError otherwise."""
        return pick(text, self.all(), "owner")

    def ensure(self, name: str, *, op: int) -> tuple[int, bool]:
        """Return the id of the owner with exactly this name, and whether it had to be added."""
        tidy = clean(name, "owner")
        found = self._engine.value("SELECT id FROM owners WHERE name = ?", (tidy,))
        return (found, False) if found else (self._engine.insert("owners", {"name": tidy, "created_op": op}), True)


class Tags:
    """Tags and the records they stand on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def resolve(self, text: str) -> int:
        """Return the id of the tag that text names; NotFoundError or AmbiguousError otherwise."""
        rows = self._engine.query("SELECT name, id FROM tags ORDER BY name")
        names: list[tuple[str, int]] = [(row["name"], row["id"]) for row in rows]
        return pick(text, names, "tag")

    def put(self, record: str, key: int, names: list[str], *, op: int) -> None:
        """Put tags on a record; a tag that it has already is left as it is."""
        table = TAGGED[record]
        for name in dict.fromkeys(clean(name, "tag") for name in names):
            tag = self._engine.value("SELECT id FROM tags WHERE name = ?", (name,))
            tag = tag or self._engine.insert("tags", {"name": name, "created_op": op})
            if not self._engine.value(f"SELECT 1 FROM {table} WHERE {record}_id = ? AND tag_id = ?", (key, tag)):
                self._engine.insert(table, {f"{record}_id": key, "tag_id": tag, "created_op": op})

    def of(self, record: str, key: int) -> list[str]:
        """Return the names of the tags on a record."""
        rows = self._engine.query(
            f"SELECT t.name FROM {TAGGED[record]} x JOIN tags t ON t.id = x.tag_id WHERE x.{record}_id = ? ORDER BY t.name",
            (key,),
        )
        return [row["name"] for row in rows]

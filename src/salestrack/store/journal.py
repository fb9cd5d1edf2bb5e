"""Operations: each command that writes is one row, and every change it makes is kept under it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine, Row

OperationKind = Literal["make", "do", "import", "undo", "redo"]


class Actor(NamedTuple):
    """Who writes, whether at a terminal, and what the clock says."""

    who: str
    terminal: bool
    now: Callable[[], datetime]


class Operation:
    """The operation being carried out: its id goes into every row it creates, its refs into the history."""

    def __init__(self, key: int, verb: str) -> None:
        self.id = key
        self.verb = verb
        self.refs: list[str] = []

    def touch(self, *refs: str) -> None:
        """Note the records that the operation is about, the main one first."""
        self.refs = list(dict.fromkeys([*self.refs, *refs]))


class Done(NamedTuple):
    """An operation of the past as the history tells it."""

    id: int
    at: str
    who: str
    terminal: bool
    kind: OperationKind
    verb: str
    refs: tuple[str, ...]
    target: int | None
    undone_by: int | None


class Journal:
    """What was done to the book."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self._engine = engine
        self._actor = actor
        self._written: int | None = None

    @contextmanager
    def operation(self, verb: str, *, kind: OperationKind = "do", target: int | None = None) -> Iterator[Operation]:
        """Hold the write lock, record who does what, and commit with the block; an error leaves the book as it was."""
        engine = self._engine
        with engine.transaction():
            row: Row = {
                "at": self._actor.now().isoformat(timespec="seconds"),
                "who": self._actor.who,
                "terminal": int(self._actor.terminal),
                "kind": kind,
                "verb": verb,
                "target": target,
            }
            operation = Operation(engine.insert("operations", row), verb)
            engine.execute("UPDATE journal_session SET op = ?", (operation.id,))
            yield operation
            engine.execute("UPDATE journal_session SET op = NULL")
            engine.update("operations", operation.id, {"verb": operation.verb, "refs": " ".join(operation.refs)})
            self._written = operation.id

    def wrote(self, key: int) -> None:
        """Note an operation that this run is about to bring into the book by another way."""
        self._written = key

    @property
    def written(self) -> int | None:
        """Return the operation that this run has brought into the book last, None when there is none."""
        if self._written is None:
            return None
        found: int | None = self._engine.value("SELECT id FROM operations WHERE id = ?", (self._written,))
        return found

    def get(self, key: int) -> Done:
        """Return one operation; NotFoundError when there is none."""
        for done in self._read("WHERE id = ?", (key,)):
            return done
        raise NotFoundError(f"there is no operation o{key}", hint="salestrack history lists them")

    def latest(self, *, undone: bool) -> Done | None:
        """Return the last operation of the actor that is not an undo: undone ones, or those still in force.

        At a terminal that is the person's own last act there; elsewhere it is the last of all.
        """
        condition = "undone_by IS NOT NULL" if undone else "undone_by IS NULL"
        order = "undone_by DESC" if undone else "id DESC"
        mine, params = ("AND terminal = 1 AND who = ?", (self._actor.who,)) if self._actor.terminal else ("", ())
        where = f"WHERE kind IN ('do', 'import') AND {condition} {mine} ORDER BY {order} LIMIT 1"
        return next(iter(self._read(where, params)), None)

    def done_since(self, key: int) -> Done | None:
        """Return the actor's last act after an operation, undo and redo aside, as `latest` counts whose it is."""
        mine, params = ("AND terminal = 1 AND who = ?", (self._actor.who,)) if self._actor.terminal else ("", ())
        where = f"WHERE id > ? AND kind IN ('do', 'import') {mine} ORDER BY id DESC LIMIT 1"
        return next(iter(self._read(where, (key, *params))), None)

    def recent(self, *, limit: int, ref: str | None = None) -> list[Done]:
        """Return operations, the latest first; only those about one record when a ref is given."""
        if ref:
            return self._read("WHERE ' ' || refs || ' ' LIKE ? ORDER BY id DESC LIMIT ?", (f"% {ref} %", limit))
        return self._read("ORDER BY id DESC LIMIT ?", (limit,))

    def last_ref(self, letters: str) -> str | None:
        """Return the record that the actor's last act in force touched, of the first of the kinds there is; for `@`."""
        mine, params = ("terminal = 1 AND who = ? AND", (self._actor.who,)) if self._actor.terminal else ("", ())
        kinds = " OR ".join("' ' || refs LIKE ?" for _ in letters)
        rows = self._engine.query(
            f"SELECT refs FROM operations WHERE {mine} kind IN ('do', 'import') AND undone_by IS NULL AND ({kinds}) "
            "ORDER BY id DESC LIMIT 1",
            (*params, *(f"% {letter}%" for letter in letters)),
        )
        refs = rows[0]["refs"].split() if rows else []
        return next((ref for letter in letters for ref in refs if ref.startswith(letter)), None)

    def changes(self, table: str, row_id: int) -> list[Row]:
        """Return the images of one row, the oldest first: op, before, after as JSON text."""
        return self._engine.query(
            "SELECT id, op, before, after FROM journal WHERE row_id = ? AND tbl = ? ORDER BY id", (row_id, table)
        )

    def _read(self, where: str, params: tuple[Any, ...]) -> list[Done]:
        rows = self._engine.query(
            f"SELECT id, at, who, terminal, kind, verb, refs, target, undone_by FROM operations {where}", params
        )
        return [Done(**{**row, "terminal": bool(row["terminal"]), "refs": tuple(row["refs"].split())}) for row in rows]


def iso(day: date | None) -> str | None:
    """Return a day as the book stores it."""
    return day.isoformat() if day else None


def day(text: str | None) -> date | None:
    """Return a stored day."""
    return date.fromisoformat(text) if text else None

"""Threads of mails: which messages hang together by what they answer, and which of them is the first."""

from collections.abc import Iterable, Iterator

from salestrack.store.engine import Engine
from salestrack.store.hand_edits import hand_edited

_TABLES = (
    # Which message answers which, of all messages that were read: those with nobody in the book tie others together too.
    "CREATE TABLE staging.links (child TEXT, parent TEXT, PRIMARY KEY (child, parent)) WITHOUT ROWID",
    # Every message of a link, and the lowest number of those that it hangs together with.
    "CREATE TABLE staging.nodes (n INTEGER PRIMARY KEY, id TEXT UNIQUE, c INTEGER)",
    "CREATE TABLE staging.edges (a INTEGER, b INTEGER)",
    "CREATE TABLE staging.labels (id TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE staging.roots (c INTEGER PRIMARY KEY, id TEXT)",
    "CREATE TABLE staging.moved (id TEXT PRIMARY KEY, root TEXT) WITHOUT ROWID",
)
_MESSAGE = "iif(instr(r.key, ' '), substr(r.key, 1, instr(r.key, ' ') - 1), r.key)"
_STAGED = "r.kind = 'email' AND r.state IN (0, 2, 4)"
# A reply that names nothing goes by its subject and the customer: with the last mail before it.
_BY_SUBJECT = f"""
INSERT OR IGNORE INTO staging.links SELECT * FROM (SELECT {_MESSAGE} AS child, coalesce(
    (SELECT {_MESSAGE.replace("r.", "t.")} FROM staging.rows t WHERE t.base = r.base AND t.customer_id = r.customer_id
        AND (t.happened_on, t.happened_time, t.line) < (r.happened_on, r.happened_time, r.line)
        ORDER BY t.happened_on DESC, t.happened_time DESC, t.line DESC LIMIT 1),
    (SELECT a.thread FROM activities a WHERE a.customer_id = r.customer_id AND a.done = 1 AND a.kind = r.kind
        AND a.happened_on <= r.happened_on AND lower(a.subject) = r.base AND a.thread IS NOT NULL
        ORDER BY a.happened_on DESC LIMIT 1)
) AS parent FROM staging.rows r
WHERE r.thread IS NULL AND r.parent IS NULL AND r.base <> '' AND r.customer_id IS NOT NULL AND {_STAGED}
) WHERE parent <> child
"""
_NODES = (
    "INSERT OR IGNORE INTO staging.nodes (id) SELECT child FROM staging.links UNION SELECT parent FROM staging.links"
)
# What the book says: its messages belong to threads that are called by their first message. Left alone, SQLite makes an
# index of its own for the second of these, which does not know the keys.
_BOOK = """
INSERT OR IGNORE INTO staging.links
SELECT n.id, a.thread FROM staging.nodes n
CROSS JOIN import_keys k INDEXED BY import_keys_key ON {0} AND k.kind = 'activities' AND k.source = :source
JOIN activities a ON a.id = k.record_id WHERE a.thread IS NOT NULL AND a.thread <> n.id
"""
_OF_BOOK = (_BOOK.format("k.key = n.id"), _BOOK.format("k.key > n.id || ' ' AND k.key < n.id || '!'"))
_LABELS = """
INSERT OR IGNORE INTO staging.labels
SELECT a.thread FROM activities a JOIN staging.nodes n ON n.id = a.thread WHERE a.thread IS NOT NULL
"""
_EDGES = """
INSERT INTO staging.edges SELECT x.n, y.n FROM staging.links l
JOIN staging.nodes x ON x.id = l.child JOIN staging.nodes y ON y.id = l.parent
"""
# All messages that hang together get one number: groups that touch join the lower one, and all follow, until none do.
_JOIN = """
UPDATE staging.nodes SET c = h.low FROM (
    SELECT max(x.c, y.c) AS high, min(min(x.c, y.c)) AS low FROM staging.edges e
    JOIN staging.nodes x ON x.n = e.a JOIN staging.nodes y ON y.n = e.b WHERE x.c <> y.c GROUP BY 1
) h WHERE nodes.n = h.high
"""
_FOLLOW = """
UPDATE staging.nodes SET c = (SELECT p.c FROM staging.nodes p WHERE p.n = nodes.c)
WHERE c <> (SELECT p.c FROM staging.nodes p WHERE p.n = nodes.c)
"""
# A thread is called by the message that answers none. Of several: by one that the book calls a thread by already, then
# by the oldest, so that the next import says the same.
_ROOTS = """
INSERT OR IGNORE INTO staging.roots SELECT c, id FROM (
    SELECT n.c, n.id, EXISTS (SELECT 1 FROM staging.edges e WHERE e.a = n.n) AS answers,
        n.id NOT IN (SELECT id FROM staging.labels) AS unknown, coalesce(
            (SELECT r.happened_on || coalesce(r.happened_time, '') FROM staging.rows r
                WHERE r.key = n.id AND r.happened_on IS NOT NULL LIMIT 1),
            (SELECT a.happened_on || coalesce(a.happened_time, '') FROM import_keys k JOIN activities a ON a.id = k.record_id
                WHERE k.key = n.id AND k.kind = 'activities' AND k.source = :source), '9') AS day
    FROM staging.nodes n
) ORDER BY c, answers, unknown, day, id
"""
_THREADS = f"""
UPDATE staging.rows AS r SET thread = coalesce(
    (SELECT f.id FROM staging.nodes n JOIN staging.roots f ON f.c = n.c WHERE n.id = {_MESSAGE}), {_MESSAGE}
) WHERE {_STAGED}
"""
_MOVED = """
INSERT INTO staging.moved SELECT l.id, f.id FROM staging.labels l
JOIN staging.nodes n ON n.id = l.id JOIN staging.roots f ON f.c = n.c WHERE f.id <> l.id
"""
_PAGE = 500


class Threads:
    """Puts the messages of an import, and those of the book that they tie together, into their threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def prepare(self) -> None:
        """Make the temporary tables."""
        for statement in _TABLES:
            self._engine.execute(statement)

    def link(self, links: Iterable[tuple[str, str]]) -> None:
        """Note that messages (child, parent) answer others."""
        self._engine.execute("BEGIN")  # deferred and of the temporary tables alone: the book is not locked
        try:
            self._engine.executemany("INSERT OR IGNORE INTO staging.links VALUES (?, ?)", links)
        finally:
            self._engine.execute("COMMIT")

    def settle(self, source: str) -> None:
        """Give every staged mail its thread, and note which threads of the book turned out to be parts of others."""
        run, said = self._engine.execute, {"source": source}
        run("CREATE INDEX staging.rows_base ON rows (base, customer_id, happened_on, happened_time, line)")
        run(_BY_SUBJECT)
        run(_NODES)
        for statement in _OF_BOOK:
            run(statement, said)
        run(_NODES)
        run(_LABELS)
        run(_EDGES)
        run("CREATE INDEX staging.edges_a ON edges (a)")
        self._gather()
        run(_ROOTS, said)
        run(_THREADS)
        run(_MOVED)

    def any_moved(self) -> bool:
        """Say whether a thread of the book is a part of another."""
        sql = "SELECT 1 FROM staging.moved m JOIN activities a ON a.thread = m.id LIMIT 1"
        return self._engine.value(sql) is not None

    def move(self) -> int:
        """Put activities into the thread that theirs is a part of, and return how many; one set by hand stays."""
        count = 0
        for page in self._pages():
            edited = hand_edited(self._engine, "activities", [key for key, _ in page])
            for key, root in page:
                if "thread" not in edited.get(key, ()):
                    self._engine.update("activities", key, {"thread": root})
                    count += 1
        return count

    def _gather(self) -> None:
        """Give messages numbers, so that all that hang together have the same number."""
        self._engine.execute("UPDATE staging.nodes SET c = n")
        while self._engine.execute(_JOIN):
            while self._engine.execute(_FOLLOW):
                pass

    def _pages(self) -> Iterator[list[tuple[int, str]]]:
        sql = (
            "SELECT a.id, m.root FROM activities a JOIN staging.moved m ON m.id = a.thread "
            f"WHERE a.id > ? ORDER BY a.id LIMIT {_PAGE}"
        )
        last = 0
        while page := [(int(row["id"]), str(row["root"])) for row in self._engine.query(sql, (last,))]:
            yield page
            last = page[-1][0]

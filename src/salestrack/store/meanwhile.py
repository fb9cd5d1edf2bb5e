"""Whether what others wrote to the book meanwhile stands in the way of an operation that was done in a copy of it."""

from collections.abc import Collection, Mapping, Sequence

from salestrack.errors import OvertakenError
from salestrack.store.shadow import Shadow

# What decides how files are read: few rows each.
_RULES = ("settings", "pipelines", "stages", "activity_kinds", "outcomes", "custom_fields", "rates")
# By what one of two that came in at the same time might have been found, had it come after the other.
_NAMED: tuple[tuple[str, str, str], ...] = (
    ("customers", "key", "customers"),
    ("customers", "email_key", "customers"),
    ("customers", "phone_key", "customers"),
    ("customers", "key", "customer_aliases"),
    ("customer_aliases", "key", "customers"),
    ("customers", "email_key", "contacts"),
    ("contacts", "email_key", "customers"),
    ("contacts", "email_key", "contacts"),
    ("contacts", "key", "contacts"),
    ("products", "key", "products"),
    ("products", "sku", "products"),
    ("owners", "name", "owners"),
    ("tags", "name", "tags"),
    ("lost_reasons", "name", "lost_reasons"),
)


class Meanwhile:
    """Looks at the book, under its lock, from a copy in which an operation was done."""

    def __init__(self, shadow: Shadow, new: Mapping[str, int], touched: Collection[str], book: str) -> None:
        self._shadow = shadow
        self._new = new
        self._touched = touched
        self._book = book
        self._since = shadow.last_id("journal")

    def check(self) -> None:
        """Raise OvertakenError where something was written that the operation would double, overwrite or miss."""
        for what in (*self._rules(), *self._doubled(), *self._changed(), *self._lost(), *self._merged()):
            raise OvertakenError(
                f"the book got {what} while the files were read; nothing was written", hint="run it again"
            )

    def _rules(self) -> Sequence[str]:
        """Return the tables of rules that others changed."""
        return [f"other {_words(table)}" for table in _RULES if self._differs(table)]

    def _differs(self, table: str) -> bool:
        new = f"SELECT 1 FROM {self._book}.{table} WHERE id > {self._shadow.last_id(table)}"
        return self._any(self._images(table)) or self._any(new)

    def _doubled(self) -> Sequence[str]:
        """Return the tables that got a name, address or number which the operation would bring too."""
        return [
            _words(theirs)
            for mine, column, theirs in _NAMED
            if mine in self._new and self._any(self._alike(mine, column, theirs))
        ]

    def _alike(self, mine: str, column: str, theirs: str) -> str:
        new = f"b.id > {self._shadow.last_id(theirs)} OR b.id IN ({self._images(theirs)})"
        same = f"SELECT 1 FROM main.{mine} t WHERE t.{column} = b.{column} AND t.id > {self._shadow.last_id(mine)}"
        return f"SELECT 1 FROM {self._book}.{theirs} b WHERE ({new}) AND EXISTS ({same})"

    def _changed(self) -> Sequence[str]:
        """Return the tables of which others changed a row that the operation changes or takes away."""
        found = []
        for table in self._touched:
            mine = f"SELECT row_id FROM main.journal WHERE id > {self._since} AND tbl = '{table}'"
            if self._any(f"{self._images(table)} AND row_id <= {self._shadow.last_id(table)} AND row_id IN ({mine})"):
                found.append(f"other {_words(table)}")
        return found

    def _lost(self) -> Sequence[str]:
        """Return the tables of which others removed a row that a new one refers to."""
        found = []
        for table in self._new:
            last = self._shadow.last_id(table)
            for column, parent in self._shadow.engine.parents(table):
                gone = f"{self._images(parent)} AND after IS NULL"
                if self._any(gone) and self._any(
                    f"SELECT 1 FROM main.{table} WHERE id > {last} AND {column} IN ({gone})"
                ):
                    found.append(f"fewer {_words(parent)}")
        return found

    def _merged(self) -> Sequence[str]:
        """Return that customers became others meanwhile: nobody knows any more whom a row means."""
        merged = "SELECT id FROM {}.customers WHERE merged_into IS NOT NULL"
        differs = self._any(f"{merged.format(self._book)} EXCEPT {merged.format('main')}")
        return ["merged customers"] if differs else []

    def _any(self, sql: str) -> bool:
        return self._shadow.engine.value(f"SELECT 1 WHERE EXISTS ({sql})") is not None

    def _images(self, table: str) -> str:
        """Return the select of the rows of a table that others changed or removed."""
        return f"SELECT row_id FROM {self._book}.journal WHERE id > {self._since} AND tbl = '{table}'"


def _words(table: str) -> str:
    return table.replace("_", " ")

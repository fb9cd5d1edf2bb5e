"""What the triggers of a closed period refuse, as a sentence; the triggers stand in schema/007_closed_books.sql."""

import sqlite3

from salestrack.errors import RuleError
from salestrack.store.settings import CLOSED_UNTIL

_SIGN = "closed: "
# How a sentence about what is refused goes on, by its last word.
_WHEN = {"closed": "by then", "count": "in that time", "repeats": "in that time"}


def refusal(error: sqlite3.Error, connection: sqlite3.Connection) -> RuleError | None:
    """Return why a change to a closed period was refused, None for any other error."""
    if not isinstance(error, sqlite3.IntegrityError) or not str(error).startswith(_SIGN):
        return None
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (CLOSED_UNTIL,)).fetchone()
    until = row[0] if row else "some day"
    what = str(error).removeprefix(_SIGN)
    when = next((said for end, said in _WHEN.items() if what.endswith(end)), "of that time")
    return RuleError(
        f"the books are closed until {until}, and this would {what} {when}",
        hint="use a later day, or open the books again: salestrack config set closed-until EARLIER-DAY",
        details={"closed_until": until},
    )

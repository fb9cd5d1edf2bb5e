"""How a word that could not be read is shown in an error."""

LONGEST = 40
LONGEST_TITLE = 60


def titled(text: str) -> str:
    """Return a header of a file, which may be anything, on one line and at most 60 characters long."""
    title = " ".join(text[: LONGEST_TITLE * 2].split())
    return f"{title[: LONGEST_TITLE - 1]}…" if len(title) > LONGEST_TITLE else title


def quoted(text: str) -> str:
    """Return the text in single quotes, printable, on one line and at most 40 characters long."""
    start = text[: LONGEST + 1]
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in start)
    return f"'{shown[: LONGEST - 1]}…'" if len(shown) > LONGEST else f"'{shown}'"

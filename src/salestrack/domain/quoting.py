"""How a word that could not be read is shown in an error."""

LONGEST = 40


def quoted(text: str) -> str:
    """Return the text in single quotes, printable, on one line and at most 40 characters long."""
    start = text[: LONGEST + 1]
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in start)
    return f"'{shown[: LONGEST - 1]}…'" if len(shown) > LONGEST else f"'{shown}'"

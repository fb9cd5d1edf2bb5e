"""What to type so that a cell means something: in hints that work as they stand, or not at all."""

from shlex import quote

LONGEST_TYPED = 60


def value_option(field: str, cell: str, meaning: str) -> str:
    """Return `--value 'stage:Offen=Lead'` as a shell takes it; empty where a cell cannot be typed so."""
    cell = cell.strip()
    if not cell or len(cell) > LONGEST_TYPED or "=" in cell or not f"{cell}{meaning}".isprintable():
        return ""
    return f"--value {in_quotes(f'{field}:{cell}={meaning}')}"


def adding(noun: str, name: str) -> str:
    """Return the command that adds what a file names: `to add it: salestrack pipeline add Renewals`."""
    typable = name.isprintable() and len(name) <= LONGEST_TYPED and not name.startswith("-")
    return f"to add it: salestrack {noun} add {as_word(name) if typable else 'NAME'}"


def as_word(text: str) -> str:
    """Return a text as one word of a shell, in quotes only where it needs some."""
    return text if quote(text) == text else in_quotes(text)


def in_quotes(text: str) -> str:
    """Return a text in quotes that keep it together in a shell."""
    if "'" not in text:
        return f"'{text}'"
    return quote(text) if set(text) & set('"$`\\!') else f'"{text}"'

"""How people are reached: e-mail addresses and telephone numbers as they are typed."""

from salestrack.domain.quoting import quoted
from salestrack.errors import UsageError

LONGEST_ADDRESS = 254
FEWEST_DIGITS = 3  # of a telephone number


def checked_email(text: str) -> str:
    """Return an e-mail address, spaces around it cut; UsageError for what is none."""
    address = text.strip()
    name, at, domain = address.partition("@")
    plain = address.isprintable() and " " not in address and "@" not in domain
    if not (name and at and "." in domain.strip(".") and plain) or len(address) > LONGEST_ADDRESS:
        raise UsageError(f"{quoted(text)} is not an e-mail address", hint="write it like ana@example.org")
    return address


def checked_phone(text: str) -> str:
    """Return a telephone number as it was typed, its spacing tidied; UsageError for what has hardly a digit."""
    number = " ".join(text.split())
    if sum(sign.isdigit() for sign in number) < FEWEST_DIGITS or not number.isprintable():
        raise UsageError(f"{quoted(text)} is not a telephone number", hint="write it like '030 1234567'")
    return number

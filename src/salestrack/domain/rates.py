"""Turning money of one currency into another at a rate, and reading rates as they are typed."""

from salestrack.domain.money import LARGEST, Money, minor_digits
from salestrack.domain.quoting import quoted
from salestrack.domain.sentences import Sentence
from salestrack.errors import ParseError, RuleError

SCALE = 1_000_000_000
DIGITS = 9
ABSURD = 10
"""A rate so many times the last one, or so many times smaller, is likely a slip of the decimal mark."""
_LONGEST = 40


def convert(amount: Money, rate: int, currency: str) -> Money:
    """Return an amount in another currency; rate is billionths of a unit of it for one unit of the amount's own.

    Rounded once, half-even, to the minor unit. RuleError for more than the book can hold.
    """
    over = abs(amount.minor) * rate * 10 ** minor_digits(currency)
    under = SCALE * 10 ** minor_digits(amount.currency)
    whole, rest = divmod(over, under)
    whole += rest * 2 > under or (rest * 2 == under and whole % 2 == 1)
    if whole > LARGEST:
        raise RuleError(Sentence(amount, f" is more {currency} than the book can hold"), hint="salestrack rate list")
    return Money(-whole if amount.minor < 0 else whole, currency)


def parse_rate(text: str, decimal: str = ".") -> int:
    """Return a rate in billionths; ParseError for zero, a negative one, or one that could be read in two ways."""
    tidy = text.strip()
    if tidy.startswith("-"):
        raise _refused(text, "is negative", decimal)
    other = "," if decimal == "." else "."
    whole, mark, part = tidy.partition(decimal)
    if other in tidy:
        whole, mark, part = tidy.partition(other)
        if len(part) == 3 and whole.strip("0"):
            readings = f"{whole}{part} or {whole}{decimal}{part}"
            raise _refused(text, f"could be {readings}", decimal)
    digits = whole + part
    if len(tidy) > _LONGEST or not (digits.isascii() and digits.isdecimal() and whole) or (mark and not part):
        raise _refused(text, "is not a rate", decimal)
    if len(whole) > DIGITS or len(part.rstrip("0")) > DIGITS:
        raise _refused(
            text, f"has more than {DIGITS} digits {'before' if len(whole) > DIGITS else 'after'} its mark", decimal
        )
    rate = int(whole + part[:DIGITS].ljust(DIGITS, "0"))
    if not rate:
        raise _refused(text, "is zero", decimal)
    return rate


def format_rate(rate: int, decimal: str = ".") -> str:
    """Return a rate as it is typed, without trailing zeros: 1.08."""
    whole, part = divmod(rate, SCALE)
    digits = f"{part:0{DIGITS}d}".rstrip("0")
    return f"{whole}{decimal}{digits}" if digits else str(whole)


def format_inverse(rate: int, decimal: str = ".") -> str:
    """Return how many units one gets the other way round, to six significant digits."""
    scaled, digits = SCALE, 0
    while scaled // rate < 100_000 and digits < 15:
        scaled, digits = scaled * 10, digits + 1
    value = (scaled * 2 + rate) // (rate * 2)
    whole, part = divmod(value, 10**digits)
    shown = f"{part:0{digits}d}".rstrip("0") if digits else ""
    return f"{whole}{decimal}{shown}" if shown else str(whole)


def is_absurd(rate: int, last: int) -> bool:
    """Say whether a rate is ten times the last one or more, or a tenth of it or less."""
    return rate >= last * ABSURD or last >= rate * ABSURD


def _refused(text: str, reason: str, decimal: str) -> ParseError:
    return ParseError(f"rate {quoted(text)} {reason}", hint=f"write it like 1{decimal}08 or 0{decimal}00592")

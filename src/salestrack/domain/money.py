"""Amounts of money: whole minor units of one currency, read exactly and never rounded."""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from salestrack.domain.currencies import CURRENCIES, SIGNS
from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError, RuleError, UsageError

if TYPE_CHECKING:
    from decimal import Decimal

# SQLite and JavaScript both keep integers of this size exactly.
LARGEST = 9_000_000_000_000_000
LONGEST_TEXT = 60

_SCALE = (1, 10, 100, 1_000, 10_000)
_THOUSANDS = {"k": 1_000, "m": 1_000_000}
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "\u2212": "-", "￥": "¥"})
_SHELL_HINT = "if you typed $1200, the shell replaced $1: quote it as '$1200', or leave the $ out"


class NumberStyle(NamedTuple):
    """How numbers are written for people: the decimal mark; the other mark groups thousands."""

    decimal: str = "."

    @property
    def grouping(self) -> str:
        """The mark between thousands."""
        return "," if self.decimal == "." else "."


PLAIN_STYLE = NumberStyle()


class Money:
    """An amount in whole minor units (cents, fils, yen) of one currency; immutable and without an order."""

    __slots__ = ("currency", "minor")
    __match_args__ = ("minor", "currency")

    minor: int
    currency: str

    def __init__(self, minor: int, currency: str) -> None:
        _set_minor(self, minor)
        _set_currency(self, currency)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: money does not change."""
        message = f"money cannot be changed (tried to set {name})"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: money does not change."""
        message = f"money cannot be changed (tried to delete {name})"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[type["Money"], tuple[int, str]]:
        """Copy and pickle by construction, since attributes cannot be set."""
        return Money, (self.minor, self.currency)

    def __eq__(self, other: object) -> bool:
        """Compare amount and currency."""
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor == other.minor and self.currency == other.currency

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.minor, self.currency))

    def __repr__(self) -> str:
        """Show minor units, as they are kept."""
        return f"Money({self.minor}, {self.currency!r})"

    def __str__(self) -> str:
        """Show the plain amount and its currency: `1200.00 USD`."""
        return f"{self.plain()} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        """Add money of the same currency; RuleError for another."""
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract money of the same currency; RuleError for another."""
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        """Turn the sign."""
        return Money(-self.minor, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise RuleError(f"{self.currency} and {other.currency} cannot be added: {self} and {other}")
        return other

    def decimal(self) -> "Decimal":
        """Return the exact amount in major units."""
        from decimal import Decimal  # costs a millisecond of start-up that recording a call need not pay

        return Decimal(self.plain())

    def plain(self) -> str:
        """Return the amount for files: a dot, no grouping, the digits of its currency (`-1200.00`)."""
        return self._written("", ".")

    def text(self, style: NumberStyle = PLAIN_STYLE, *, code: bool = True) -> str:
        """Return the amount for people, grouped, with the currency's code unless `code` is False."""
        amount = self._written(style.grouping, style.decimal)
        return f"{amount} {self.currency}" if code else amount

    def _written(self, grouping: str, decimal: str) -> str:
        digits = minor_digits(self.currency)
        whole, part = divmod(abs(self.minor), _SCALE[digits])
        sign = "-" if self.minor < 0 else ""
        grouped = f"{whole:,}".replace(",", grouping)
        return f"{sign}{grouped}{decimal}{part:0{digits}d}" if digits else f"{sign}{grouped}"


# The slots themselves: the one way past the refusing __setattr__, and quicker than object.__setattr__.
_set_minor = Money.__dict__["minor"].__set__
_set_currency = Money.__dict__["currency"].__set__


def minor_digits(currency: str) -> int:
    """Return how many digits follow the decimal mark (USD 2, JPY 0, KWD 3); UsageError if unknown."""
    entry = CURRENCIES.get(currency)
    if entry is None:
        raise UsageError(f"currency {quoted(currency)} is unknown", hint=_did_you_mean(currency))
    return entry[0]


def check_currency(text: str) -> str:
    """Return the upper-case ISO 4217 code; UsageError, with what may be meant, when there is none."""
    code = text.strip().upper()
    if code in CURRENCIES:
        return code
    raise UsageError(f"currency {quoted(text)} is unknown", hint=_did_you_mean(text))


def parse_amount(text: str, *, currency: str, decimal: str = ".", what: str = "amount", signed: bool = False) -> Money:
    """Read an amount as typed or found in a file; `currency` is meant where the text names none.

    `decimal` is the configured decimal mark, the other one groups thousands. What could be read in two
    ways, has more decimals than its currency or is negative (unless `signed`) raises ParseError.
    """
    entry = CURRENCIES.get(currency)
    if entry is not None and len(text) <= 11 and text.isascii():  # most cells of a file are this simple
        whole, mark, part = text.partition(decimal)
        if whole.isdigit() and (whole[0] != "0" or whole == "0"):
            if not mark:
                return Money(int(whole) * _SCALE[entry[0]], currency)
            if len(part) <= entry[0] and part.isdigit():
                return Money(int(whole) * _SCALE[entry[0]] + int(part.ljust(entry[0], "0")), currency)
    minor_digits(currency)
    return _Amount(text, currency, decimal, what).read(signed=signed)


class _Amount:
    """One text on its way to money: cut into currency, sign, number and suffix, each checked."""

    def __init__(self, text: str, default: str, decimal: str, what: str) -> None:
        if decimal not in {".", ","}:
            raise UsageError(f"the decimal mark is . or , and not {quoted(decimal)}")
        self.text = text
        self.default = default
        self.decimal = decimal
        self.grouping = "," if decimal == "." else "."
        self.what = what

    def read(self, *, signed: bool) -> Money:
        """Return the money, or raise ParseError."""
        before, body, after = self._cut()
        before, after, negative = self._signs(before, after, signed=signed)
        scale, after = self._suffix(after)
        currency = self._currency(before, after)
        whole, part = self._number(body, currency, scaled=scale > 1)
        minor = int(whole + part) * scale * _SCALE[minor_digits(currency)] // 10 ** len(part)
        if minor > LARGEST:
            raise self._refuse("is more than the book can hold")
        if negative and not signed:
            hint = "what was paid back is recorded with: salestrack refund SALE"
            raise self._refuse("is negative", hint=hint)
        return Money(-minor if negative else minor, currency)

    def _refuse(self, reason: str, *, hint: str | None = None) -> ParseError:
        return ParseError(f"{self.what} {quoted(self.text)} {reason}", hint=hint or self._examples())

    def _examples(self) -> str:
        return f"write it like 1200, 1{self.grouping}200{self.decimal}50, 1{self.decimal}5k or 1200eur"

    def _cut(self) -> tuple[str, str, str]:
        """Cut at the first and the last digit."""
        text = self.text.strip()
        if not text:
            raise ParseError(f"the {self.what} is empty", hint=self._examples())
        if len(text) > LONGEST_TEXT or any(char.isnumeric() and not char.isascii() for char in text):
            raise self._refuse("is not an amount")
        text = text.translate(_SPACES)
        places = [place for place, char in enumerate(text) if char.isdigit()]
        if not places:
            raise self._refuse("is not an amount")
        first, last = places[0], places[-1] + 1
        if text[:first].endswith((".", ",")):
            raise self._refuse(f"has {quoted(text[first - 1])} before its first digit", hint=_SHELL_HINT)
        return text[:first].strip(), text[first:last], text[last:].strip()

    def _signs(self, before: str, after: str, *, signed: bool) -> tuple[str, str, bool]:
        """Take off `-5`, `5-` or `(5)`, inside or outside of a currency; files may say `+5` too."""
        marks = [char for char in before + after if char in "+-()"]
        if not marks:
            return before, after, False
        if marks in (["-"], ["(", ")"]) or (signed and marks == ["+"]):
            return before.strip(" -(+"), after.strip(" -)"), marks != ["+"]
        raise self._refuse("is not an amount")

    def _suffix(self, after: str) -> tuple[int, str]:
        """Take off a k or an m, unless the letters are a currency (`1200kr`, `5mxn`)."""
        scale = _THOUSANDS.get(after[:1].lower(), 1)
        if scale == 1 or (len(after) > 1 and (after.upper() in CURRENCIES or _owners(after))):
            return 1, after
        return scale, after[1:].strip()

    def _currency(self, before: str, after: str) -> str:
        codes = {self._named(token) for token in (before, after) if token} or {self.default}
        if len(codes) > 1:
            raise self._refuse("names two currencies")
        return codes.pop()

    def _named(self, token: str) -> str:
        """Return the currency that a code or sign means in this book."""
        if token.upper() in CURRENCIES:
            return token.upper()
        owners = _owners(token)
        if self.default in owners:
            return self.default
        for sign, code in SIGNS.items():
            if _folded(sign) == _folded(token):
                return code
        if len(owners) == 1 and not _folded(token).isalpha():
            return owners[0]
        if owners:  # letters are too easily mistyped to name a foreign currency
            hint = f"write its code, as in 1200{owners[0].lower()}"
            raise self._refuse(f"needs a currency code: {token} could be {' or '.join(owners)}", hint=hint)
        known = len(token) == 3 and token.isalpha()
        raise self._refuse("is not an amount", hint=_did_you_mean(token) if known else None)

    def _number(self, body: str, currency: str, *, scaled: bool) -> tuple[str, str]:
        """Return the digits before and after the decimal mark."""
        marks = [char for char in body if not char.isdigit()]
        if not set(marks) <= set(".,' "):
            raise self._refuse("is not an amount")
        allowed = 3 if scaled else minor_digits(currency)
        whole, part = self._scaled(body, marks) if scaled else self._split(body, marks, currency)
        if len(whole) > 1 and whole[0] == "0":
            raise self._refuse("starts with a zero", hint=_SHELL_HINT)
        if len(part) > allowed:
            owner = "k and m take" if scaled else f"{currency} has"
            raise self._refuse(f"has too many decimals: {owner} {allowed or 'none'}")
        return whole, part

    def _scaled(self, body: str, marks: list[str]) -> tuple[str, str]:
        """Split `1.5` of 1.5k, where nothing can group thousands."""
        mark = marks[0] if marks else self.decimal
        whole, _, part = body.partition(mark)
        if len(marks) > 1 or mark not in ".," or (mark == self.grouping and len(part) == 3):
            raise self._refuse("has grouped thousands as well as a k or m")
        return whole, part

    def _split(self, body: str, marks: list[str], currency: str) -> tuple[str, str]:
        if not marks:
            return body, ""
        kinds = len(set(marks))
        last = marks[-1]
        whole, _, part = body.rpartition(last)
        if kinds == 1 and len(marks) == 1 and last in ".,":
            return self._one_mark(whole, last, part, currency)
        if kinds == 1:
            return self._ungrouped(body, last), ""
        if kinds == 2 and last in ".," and marks.count(last) == 1:  # of two marks the last is the decimal one
            return self._ungrouped(whole, marks[0]), part
        raise self._refuse("has its marks in odd places")

    def _one_mark(self, whole: str, mark: str, part: str, currency: str) -> tuple[str, str]:
        """Decide whether the only mark of a number groups thousands or stands before decimals."""
        digits = minor_digits(currency)
        if mark == self.decimal:
            if len(part) == 3 > digits and len(whole) <= 3 and whole[0] != "0":
                raise self._two_readings(whole, part, currency)
            return whole, part
        if len(part) == 3:
            return self._ungrouped(f"{whole}{mark}{part}", mark), ""
        if digits in {1, 2} and len(part) <= digits:  # 12,50 can only be decimals
            return whole, part
        raise self._refuse(f"cannot be read: {quoted(mark)} groups thousands here")

    def _two_readings(self, whole: str, part: str, currency: str) -> ParseError:
        digits = minor_digits(currency)
        small = f" or {whole}{self.decimal}{part[:digits]}" if digits else ""
        readings = f"{whole}{part} or {whole}{self.decimal}{part}"
        return self._refuse(
            f"could be {readings}; {currency} has {digits or 'no'} decimals",
            hint=f"write {whole}{part}{small}; {quoted(self.grouping)} groups thousands here",
        )

    def _ungrouped(self, number: str, mark: str) -> str:
        """Return the digits of a well grouped number: threes, or the Indian 12,34,567."""
        head, *middle, tail = number.split(mark)
        indian = mark == "," and len(head) <= 2 and all(len(group) == 2 for group in middle)
        threes = len(head) <= 3 and all(len(group) == 3 for group in middle)
        if not head or len(tail) != 3 or not (threes or indian):
            raise self._refuse("has its marks in odd places")
        return "".join((head, *middle, tail))


def _folded(sign: str) -> str:
    return sign.casefold().removesuffix(".")


@lru_cache(maxsize=64)  # a file says the same sign in every row
def _owners(token: str) -> tuple[str, ...]:
    """Return the currencies written with a sign at home."""
    sign = _folded(token)
    return tuple(code for code, (_, own) in CURRENCIES.items() if _folded(own) == sign)


def near_currencies(text: str) -> list[str]:
    """Return the codes that a text may stand for, three at most and the likeliest first."""
    from difflib import get_close_matches  # only an error needs it

    word = text.strip()[:10].upper()
    if word in CURRENCIES or word in SIGNS:
        return [SIGNS.get(word, word)]
    swapped = [code for code in CURRENCIES if sorted(code) == sorted(word)]
    return list(dict.fromkeys(swapped + get_close_matches(word, CURRENCIES)))[:3]


def _did_you_mean(text: str) -> str:
    close = near_currencies(text)
    return f"did you mean {' or '.join(close)}?" if close else "use a three-letter code such as EUR or USD"

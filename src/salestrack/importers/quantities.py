"""How many pieces a cell says: the decimal mark tells decimals from thousands, as it does for amounts."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column, apart
from salestrack.importers.json_values import NUMBER, Number, plain_number

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,' ])\d{3})(?:\1\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3}", re.ASCII)
_TWO_READINGS = re.compile(r"(-?)([1-9]\d{0,2})([.,])(\d{3})", re.ASCII)
_NUMBER = re.compile(r"\d(?:[\d., ']*\d)?", re.ASCII)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})
_WRONG = "is not a number of pieces; write it like 3 or 2.5"
MOST_DIGITS, MOST_DECIMALS = 12, 6


def parse_quantity(text: str, decimal: str = ".", *, doubtful: bool = False) -> str:
    """Read how many: a number with up to six decimals, without its trailing zeros; negative on what was given back.

    The mark that is not `decimal` groups thousands where three digits stand behind it. With `doubtful`, when nobody chose
    the decimal mark, 1.500 could be either. SalestrackError for that, and for what is no number.
    """
    sign, number = ("-", text[1:]) if text[:1] == "-" else ("", text)
    number = number.translate(_SPACES)
    if not _NUMBER.fullmatch(number):
        raise SalestrackError(_WRONG)
    whole, part = _split(number, decimal)
    if doubtful:
        refuse_doubtful(text, decimal)
    part = part.rstrip("0")
    if not (whole + part).isdigit() or not whole:
        raise SalestrackError(_WRONG)
    if len(whole) > MOST_DIGITS or len(part) > MOST_DECIMALS:
        raise SalestrackError(f"has more than {MOST_DIGITS} digits, or more than {MOST_DECIMALS} decimals")
    number = f"{int(whole)}.{part}" if part else str(int(whole))
    if number == "0":
        raise SalestrackError("is none at all; leave it blank where it is not known")
    return sign + number


def _split(number: str, decimal: str) -> tuple[str, str]:
    """Return the digits before and after the decimals' mark; texts that are no digits where the marks stand oddly."""
    marks = [sign for sign in number if not sign.isdigit()]
    if not marks:
        return number, ""
    last = marks[-1]
    whole, _, part = number.rpartition(last)
    if last in ".," and marks.count(last) == 1 and len(set(marks)) <= 2:
        if len(marks) > 1:  # of two marks the last is the decimal one
            return _ungrouped(whole), part
        if last == decimal or not _GROUPED.fullmatch(number):
            return whole, part
    return _ungrouped(number), ""


def _ungrouped(number: str) -> str:
    return re.sub(r"[., ']", "", number) if _GROUPED.fullmatch(number) else number


def two_readings(text: str) -> tuple[str, str] | None:
    """Return a number like 1.500 with decimals and with thousands, None where the marks leave no doubt."""
    found = _TWO_READINGS.fullmatch(text)
    if not found:
        return None
    sign, whole, _, part = found.groups()
    decimals = part.rstrip("0")
    return sign + (f"{whole}.{decimals}" if decimals else whole), f"{sign}{whole}{part}"


def refuse_doubtful(text: str, decimal: str) -> None:
    """Raise SalestrackError for a number like 1.500, where nobody chose the decimal mark that stands in it."""
    both = two_readings(text)
    if both and decimal in text:
        other = "," if decimal == "." else "."
        raise SalestrackError(
            f"could be {both[1]} or {both[0]}; with --decimal {other} it is {both[1]}, with --decimal {decimal} it is {both[0]}"
        )


class Quantities(Column[str]):
    """Numbers of pieces, meant with one decimal mark; `chosen` says whether somebody said which it is."""

    def __init__(self, decimal: str, *, chosen: bool, values: Mapping[str, str] | None = None) -> None:
        super().__init__(values)
        self._decimal = decimal
        self._chosen = chosen

    def read(self, cells: Sequence[str]) -> list[str | None]:
        """Return the numbers as plain text, None where a cell is blank or bad."""
        return super().read(apart(cells))

    def faults(self, cells: Sequence[str]) -> list[tuple[int, str]]:
        """Return the places of bad cells with the reasons."""
        return super().faults(apart(cells))

    def learn(self, cells: Collection[str]) -> None:
        """Read new cells; a number of JSON has its dot whatever the mark of the texts."""
        for cell in cells:
            given = cell.removeprefix(NUMBER)
            text = self.meant(given)
            exact = text == given != cell
            try:
                if exact:
                    self.known[cell] = parse_quantity(plain_number(text))
                else:
                    self.known[cell] = parse_quantity(text, self._decimal, doubtful=not self._chosen) if text else None
            except SalestrackError as error:
                self.refuse(cell, error.message)

    def settled(self, cells: Sequence[str], fits: Callable[[int, Decimal], bool]) -> Sequence[str]:
        """Return the cells, those of two readings as the number that fits what else the row says, where one does."""
        together = "".join(cells)
        if self._chosen or not ("." in together or "," in together):
            return cells
        found = list(cells)
        for place, cell in enumerate(cells):
            both = two_readings(cell.strip())
            if both and type(cell) is not Number and cell.strip() not in self._values:
                fitting = [reading for reading in both if fits(place, Decimal(reading))]
                if len(fitting) == 1:
                    found[place] = Number(fitting[0])
        return found

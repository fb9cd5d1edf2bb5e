"""Amounts of money in files, as minor units of the currency of their row."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from salestrack.domain.money import LARGEST, PLAIN_STYLE, Money, NumberStyle, minor_digits, parse_amount
from salestrack.domain.quoting import quoted
from salestrack.errors import SalestrackError
from salestrack.importers.cells import MOST_KNOWN, Column, apart, reason_of
from salestrack.importers.json_values import NUMBER, Number, plain_number

_ZEROS = re.compile(r"(?<=[0-9])[.,]00?(?![0-9.,])")  # three could as well be thousands
_NEGATIVE = "is negative; write it without the minus"
_OF_CURRENCY = ("is in ", "has too many decimals", "could be ")
MOST_DIGITS = 11  # more could be too much money for the book in a currency with decimals


def other_currency(currency: str, meant: str) -> str:
    """Return what is wrong with a cell that names another currency than its row has."""
    return f"is in {currency}, and the row in {meant}"


class Amounts(Column[str]):
    """Amounts meant in one currency unless they name another (`foreign` tells which); negative ones where `signed`.

    With `cents` they are whole numbers of the currency's smallest unit; `style` is how reasons write amounts.
    """

    def __init__(
        self,
        currency: str,
        *,
        decimal: str,
        signed: bool,
        cents: bool = False,
        values: Mapping[str, str] | None = None,
        style: NumberStyle = PLAIN_STYLE,
    ) -> None:
        super().__init__(values)
        self._style = style
        self.currency = currency
        self.foreign: dict[str, str] = {}
        self._decimal = decimal
        self._signed = signed
        self._cents = cents
        self._digits = minor_digits(currency)
        part = rf"{re.escape(decimal)}[0-9]{{{self._digits}}}" if self._digits else ""
        plain = rf"(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 4}}}){part}"
        self._with_decimals = re.compile(rf"{plain}(?:\n{plain})*")  # what most files are full of: 1200.50

    def read(self, cells: Sequence[str]) -> list[int | None]:
        """Return minor units: plain numbers at once, since they seldom come twice, all others by the rules."""
        if len(self.known) > MOST_KNOWN:  # before any of these cells is read: their faults are asked for afterwards
            self.known.clear()
            self.bad.clear()
            self.foreign.clear()
        if self._cents:
            return [self._by_the_rules(cell) for cell in cells]
        together = "\n".join(cells)
        if self._with_decimals.fullmatch(together):
            return list(map(int, together.replace(self._decimal, "").split("\n")))
        mark, digits = self._decimal, self._digits
        values: list[int | None] = []
        for cell in cells:
            whole, _, part = cell.partition(mark)
            number = whole + part
            # All digits, as many decimals as the currency has (or none and no mark), and no zero in front.
            if (
                number.isdigit()
                and (number[0] != "0" or whole == "0")
                and cell.isascii()
                and len(number) <= MOST_DIGITS
            ):
                if len(part) == digits:
                    values.append(int(number))
                    continue
                if number == cell:
                    values.append(int(number) * 10**digits)
                    continue
            values.append(self._by_the_rules(cell))
        return values

    def faults(self, cells: Sequence[str]) -> list[tuple[int, str]]:
        """Return the places of bad cells with the reasons."""
        return super().faults(apart(cells)) if self.bad else []

    def _by_the_rules(self, cell: str) -> int | None:
        if type(cell) is Number:
            cell = f"{NUMBER}{cell}"
        if cell not in self.known:
            self.learn((cell,))
        found: int | None = self.known[cell]
        return found

    def learn(self, cells: Collection[str]) -> None:
        """Put the meaning of new cells into `known`, and what is wrong into `bad`."""
        for cell in cells:
            self._learn_one(cell)

    def _learn_one(self, cell: str) -> None:
        given = cell.removeprefix(NUMBER)
        text = self.meant(given)
        is_number = text == given != cell
        if not text:
            self.known[cell] = None
            return
        if self._cents:
            self._learn_cents(cell, plain_number(text) if is_number else text)
            return
        if is_number:
            self._learn_number(cell, text)
            return
        try:
            money = self._parsed(text)
        except SalestrackError as error:
            said, other = f"amount {quoted(text)} ", self._with_the_other_mark(text)
            self.refuse(cell, f"{error.message.removeprefix(said)}; {other}" if other else reason_of(error, text))
            return
        if money.minor < 0 and not self._signed:
            self.refuse(cell, _NEGATIVE)
            return
        self.known[cell] = money.minor
        if money.currency != self.currency:
            self.foreign[cell] = money.currency

    def _learn_number(self, cell: str, text: str) -> None:
        """Learn a number of JSON, which has one reading only."""
        plain = plain_number(text)
        whole, _, part = plain.partition(".")
        if "e" in plain.lower():
            self.refuse(cell, "is not an amount that the book can hold")
        elif len(part) > self._digits:
            self.refuse(cell, f"has too many decimals: {self.currency} has {self._digits or 'none'}")
        elif whole[0] == "-" and not self._signed:
            self.refuse(cell, _NEGATIVE)
        elif abs(minor := int(whole + part.ljust(self._digits, "0"))) > LARGEST:
            self.refuse(cell, "is more than the book can hold")
        else:
            self.known[cell] = minor

    def _parsed(self, text: str) -> Money:
        """Return the money of a cell; some programs write decimals of zero for currencies that have none: ¥1,200.00."""
        try:
            return parse_amount(text, currency=self.currency, decimal=self._decimal, signed=True)
        except SalestrackError:
            if not (zeros := _ZEROS.search(text)):
                raise
            whole = text[: zeros.start()] + text[zeros.end() :]
            with suppress(SalestrackError):
                money = parse_amount(whole, currency=self.currency, decimal=zeros[0][0], signed=True)
                if not minor_digits(money.currency):
                    return money
            raise

    def _with_the_other_mark(self, text: str) -> str | None:
        """Return what to add to the command line so that a cell can be read, None where that is not the matter."""
        mark = "," if self._decimal == "." else "."
        try:
            money = parse_amount(text, currency=self.currency, decimal=mark, signed=True)
        except SalestrackError:
            return None
        return f"with --decimal {mark} it is {money.text(self._style)}"

    def _learn_cents(self, cell: str, text: str) -> None:
        number = text.removeprefix("-")
        if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS + 2):
            self.refuse(cell, f"is not a whole number of cents{self._example_of_cents()}")
        elif number != text and not self._signed:
            self.refuse(cell, _NEGATIVE)
        else:
            self.known[cell] = int(text)

    def _example_of_cents(self) -> str:
        """Return how an amount of the currency is written in its smallest unit, whatever that is called."""
        if not self._digits:
            return f": {self.currency} has no smaller unit; write 1200 for 1200 {self.currency}"
        amount = Money(12 * 10**self._digits, self.currency).text(self._style, code=False)
        return f"; write {amount} like {12 * 10**self._digits}"

    def currencies(self, cells: Sequence[str]) -> list[str | None] | None:
        """Return the currency that each cell names itself; None when none of them does."""
        if not self.foreign or self.foreign.keys().isdisjoint(cells):
            return None
        return [self.foreign.get(cell) for cell in cells]


def hangs_on_currency(reason: str) -> bool:
    """Say whether an amount may be right in another currency than the one it was read in."""
    return reason.startswith(_OF_CURRENCY)


class AmountsByCurrency:
    """Amounts beside a column that names their currency."""

    def __init__(self, make: Callable[[str], Amounts]) -> None:
        self._make = make
        self._readers: dict[str, Amounts] = {}

    @property
    def used(self) -> set[str]:
        """What --value cells occurred."""
        return set().union(*(reader.used for reader in self._readers.values()))

    def read(self, cells: Sequence[str], currencies: Sequence[str]) -> tuple[list[int | None], list[tuple[int, str]]]:
        """Return the amounts and the places of bad cells with the reasons."""
        values: list[int | None] = [None] * len(cells)
        faults: list[tuple[int, str]] = []
        for currency in set(currencies):
            reader = self._readers.setdefault(currency, self._make(currency))
            places = [place for place, code in enumerate(currencies) if code == currency]
            mine = [cells[place] for place in places]
            for place, value in zip(places, reader.read(mine), strict=True):
                values[place] = value
            faults += [(places[at], reason) for at, reason in reader.faults(mine)]
            for at, other in enumerate(reader.currencies(mine) or ()):
                if other:
                    faults.append((places[at], other_currency(other, currency)))
        return values, faults

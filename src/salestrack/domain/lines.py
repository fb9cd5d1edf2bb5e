"""Lines of a deal or sale: products, discounts and what else makes up its amount."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal, NamedTuple

from salestrack.domain.money import Money
from salestrack.errors import ParseError

LineKind = Literal["product", "discount", "shipping", "adjustment"]


class Line(NamedTuple):
    """One line: quantity times price is the amount, in minor units of the record's currency."""

    id: int = 0
    kind: LineKind = "product"
    product_id: int | None = None
    product: str | None = None
    name: str | None = None
    quantity: Decimal = Decimal(1)
    price: int | None = None
    amount: int | None = None
    tax_rate: str | None = None
    """Sales tax in percent; None where the record says it, or nobody."""
    tax: int | None = None


class Item(NamedTuple):
    """What `--product 3xBuild@2500` says: a product's name, how many, and the price text where one is given."""

    product: str
    quantity: Decimal
    price: str | None


_ITEM = re.compile(r"(?:(?P<quantity>\d{1,6}(?:[.,]\d{1,3})?)x)?(?P<product>[^@]+?)(?:@(?P<price>[^@]+))?")


_ITEM_COUNT = re.compile(r"\d[\d.,]*x")
_THREE_PLACES = 3


def parse_item(text: str, decimal: str = ".") -> Item:
    """Read [Nx]PRODUCT[@PRICE]; ParseError when it is none, or its quantity has two readings."""
    found = _ITEM.fullmatch(text.strip())
    if not found:
        raise ParseError(f"'{text}' is not a product", hint="write Build, 3xBuild or 3xBuild@2500")
    count = found["quantity"] or "1"
    whole, part = count.replace(",", ".").partition(".")[::2]
    if len(part) == _THREE_PLACES and decimal not in count:
        raise ParseError(
            f"'{text}' could ask for {whole}{part} or for {whole}{decimal}{part}",
            hint=f"write {whole}{part}x{found['product'].strip()} or {whole}{decimal}{part}x{found['product'].strip()}",
        )
    quantity = Decimal(f"{whole}.{part or 0}") if part else Decimal(whole)
    if not quantity:
        raise ParseError(f"'{text}' asks for none of it", hint="write 3xBuild for three")
    return Item(found["product"].strip(), quantity, found["price"])


def item_text(line: Line, price: str | None, decimal: str = ".") -> str:
    """Return a line as `parse_item` reads it, with a price as it is typed."""
    name = line.product or line.name or ""
    count = f"{line.quantity:f}x".replace(".", decimal) if line.quantity != 1 or _ITEM_COUNT.match(name) else ""
    return f"{count}{name}{f'@{price}' if price else ''}"


def parse_percent(text: str, what: str) -> Decimal:
    """Read `10%`, `10`, `7.5%` or `7,5` as a percentage from 0 to 100; ParseError otherwise."""
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*%?", text.strip())
    percent = Decimal(found[1].replace(",", ".")) if found else None
    if percent is None or percent > 100:
        raise ParseError(f"'{text}' is not a {what}", hint="write a percentage such as 10% or 7.5%")
    return percent


def percent_of(amount: Money, percent: Decimal) -> Money:
    """Return a percentage of an amount, rounded half-even to its minor unit."""
    minor = (Decimal(amount.minor) * percent / 100).to_integral_value(ROUND_HALF_EVEN)
    return Money(int(minor), amount.currency)


def priced(line: Line, price: int) -> Line:
    """Return the line with its unit price and the amount that follows, rounded half-even to a whole minor unit."""
    return line._replace(price=price, amount=int((line.quantity * price).to_integral_value(ROUND_HALF_EVEN)))


def rounded(line: Line) -> bool:
    """Say whether quantity times price came to no whole minor unit."""
    if line.price is None or line.amount is None:
        return False
    exact = line.quantity * line.price
    return exact != exact.to_integral_value() and abs(exact - line.amount) < 1


def total(lines: Sequence[Line]) -> int | None:
    """Return what the lines add up to in minor units; None when one of them has no amount yet."""
    amounts = [line.amount for line in lines]
    return None if not amounts or None in amounts else sum(a for a in amounts if a is not None)


def fitted(lines: Sequence[Line], amount: int | None) -> tuple[Line, ...]:
    """Return the lines so that they add up to a new amount: a single line takes it, several get an adjustment."""
    if not lines or amount is None or total(lines) == amount:
        return tuple(lines)
    if len(lines) == 1:
        only = lines[0]
        return (only._replace(amount=amount, price=amount if only.quantity == 1 else None),)
    kept = [line for line in lines if line.kind != "adjustment"]
    rest = amount - sum(line.amount or 0 for line in kept)
    return (*kept, Line(kind="adjustment", name="adjustment", price=rest, amount=rest)) if rest else tuple(kept)


def discounted(lines: Sequence[Line], percent: Decimal, currency: str) -> tuple[Line, ...]:
    """Return the lines with a last one that takes a percentage off their total."""
    off = percent_of(Money(total(lines) or 0, currency), percent)
    return (*lines, Line(kind="discount", name=f"discount {percent}%", price=-off.minor, amount=-off.minor))


def times(lines: Sequence[Line], count: int) -> tuple[Line, ...]:
    """Return the lines as many times over, for what repeats."""
    return tuple(
        line._replace(quantity=line.quantity * count, amount=None if line.amount is None else line.amount * count)
        for line in lines
    )

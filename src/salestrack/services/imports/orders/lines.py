"""The lines of an order: products, what was taken off, shipping and tips, adding up to its net amount."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from salestrack.domain.taxes import spread

_ITEM = re.compile(
    r"(?P<quantity>\d{1,9}(?:\.\d{1,6})?)\s*[×x]\s+(?P<name>.+?)(?=,\s*\d+(?:\.\d+)?\s*[×x]\s|$)", re.DOTALL
)


class Item(NamedTuple):
    """One product of an order: how many, the unit price and the whole before the discount, each None where unknown."""

    product_id: int | None
    quantity: str
    price: int | None
    whole: int | None
    discount: int = 0


class Further(NamedTuple):
    """What an order has beside its products, in minor units; the discount is off the whole."""

    shipping: int = 0
    tip: int = 0
    discount: int = 0


class OrderLine(NamedTuple):
    """One line as it is staged; the amount is None where nobody knows what each of several products cost."""

    kind: str
    product_id: int | None
    name: str | None
    quantity: str
    price: int | None
    amount: int | None


class Fitted(NamedTuple):
    """The lines of an order, and what they lack to its amount: more than rounding deserves a look."""

    lines: tuple[OrderLine, ...] = ()
    rest: int = 0


def split_items(text: str) -> list[tuple[str, str]]:
    """Return names and quantities of a cell such as `1× Crew Tee, 2× Mug`; one without a number is one piece."""
    found = [(match["name"].strip(), match["quantity"]) for match in _ITEM.finditer(text.strip())]
    return found or ([(text.strip(), "1")] if text.strip() else [])


def whole_of(price: int | None, quantity: str, given: int | None) -> int | None:
    """Return what a line comes to before its discount: as given, else price times quantity where that is whole cents."""
    if given is not None or price is None:
        return given
    whole = Decimal(quantity) * price
    return int(whole) if whole == int(whole) else None


def priced(item: Item) -> Item:
    """Return an item with the unit price that its whole amount comes to, where that is whole cents."""
    if item.price is not None or item.whole is None:
        return item
    price = item.whole / Decimal(item.quantity)
    return item._replace(price=int(price) if price == int(price) else None)


def total(items: Sequence[Item], further: Further) -> int | None:
    """Return what an order's lines come to, all discounts off; None where a product's amount is unknown."""
    if not items or any(item.whole is None for item in items):
        return None
    off = sum(item.discount for item in items) + further.discount
    return sum(item.whole or 0 for item in items) + further.shipping + further.tip - off


def fitted(items: Sequence[Item], further: Further, net: int, tax: int) -> Fitted:
    """Return the lines that add up to a net amount.

    Exports differ in whether the discount of an order repeats those of its lines, and whether prices hold the tax: of
    these readings the one that comes to the amount is taken. What still lacks is a line of its own.
    """
    if not items:
        return Fitted()
    if any(item.whole is None for item in items):
        return _unknown(items, further, net)
    readings = [
        (_with(items, further, own=own, whole=whole), target)
        for target in dict.fromkeys((net, net + tax))
        for own, whole in ((True, True), (False, True), (True, False), (False, False))
    ]
    (kept, rest, target) = min(
        ((lines, target - _sum(lines), target) for lines, target in readings),
        key=lambda one: (abs(one[1]) + (len(items) if one[2] != net and one[1] else 0), one[2] != net),
    )
    if rest:
        kept = (*kept, OrderLine("adjustment", None, None, "1", rest, rest))
    return Fitted(_net(kept, net) if target != net else kept, rest)


def _with(items: Sequence[Item], further: Further, *, own: bool, whole: bool) -> tuple[OrderLine, ...]:
    """Return lines with the discounts of the products, that of the order, both or none."""
    lines: list[OrderLine] = []
    for item in map(priced, items):
        lines.append(OrderLine("product", item.product_id, None, item.quantity, item.price, item.whole))
        if own and item.discount:
            lines.append(_extra("discount", -item.discount))
    return (*lines, *_others(further if whole else further._replace(discount=0)))


def _others(further: Further) -> list[OrderLine]:
    lines = [_extra("discount", -further.discount)] if further.discount else []
    lines += [_extra("shipping", further.shipping)] if further.shipping else []
    return [*lines, *([_extra("adjustment", further.tip, "tip")] if further.tip else [])]


def _extra(kind: str, amount: int, name: str | None = None) -> OrderLine:
    return OrderLine(kind, None, name, "1", amount, amount)


def _unknown(items: Sequence[Item], further: Further, net: int) -> Fitted:
    """Return lines where prices are missing: a single product has what is left, of several nobody knows which has what."""
    others = _others(further)
    left = net - sum(line.amount or 0 for line in others) + sum(item.discount for item in items)
    if len(items) == 1:
        only = items[0]._replace(whole=left)
        return Fitted((*_with([only], Further(), own=True, whole=False), *others))
    return Fitted((*(OrderLine("product", i.product_id, None, i.quantity, i.price, i.whole) for i in items), *others))


def _net(lines: Sequence[OrderLine], net: int) -> tuple[OrderLine, ...]:
    """Return lines whose prices hold the tax without it, so that they come to a net amount."""
    shares = spread(net, [line.amount or 0 for line in lines])
    return tuple(
        line._replace(amount=share, price=share if line.quantity == "1" else None)
        for line, share in zip(lines, shares, strict=True)
    )


def _sum(lines: Sequence[OrderLine]) -> int:
    return sum(line.amount or 0 for line in lines)

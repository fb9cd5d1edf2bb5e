"""Sales tax: worked out on the net total of each rate, rounded once half-even, and split over the lines to the cent."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from salestrack.domain.lines import Line, percent_of
from salestrack.domain.money import Money


class Taxed(NamedTuple):
    """What tax comes to in minor units, the rate where there is only one, and the lines with their share."""

    tax: int | None
    rate: str | None
    lines: tuple[Line, ...]


class RateTotal(NamedTuple):
    """The net amount and tax of one rate, in minor units; rate None where nobody said one."""

    rate: str | None
    net: int
    tax: int | None


def taxed(amount: Money, lines: Sequence[Line], rates: Sequence[str | None]) -> Taxed:
    """Return the tax of an amount that the lines add up to; rates has one for each line, or a single one for all.

    Discounts and adjustments go with the rates of the products, in proportion; None is no tax at all.
    """
    deciding = [rate for line, rate in _paired(lines, rates) if line.kind == "product"] or list(rates[:1])
    if all(rate is None for rate in deciding):
        return Taxed(None, None, tuple(lines))
    known = {_plain(rate or "0") for rate in deciding}
    if len(known) == 1:
        only = known.pop()
        due = percent_of(amount, Decimal(only)).minor
        shares = spread(due, [line.amount or 0 for line in lines])
        return Taxed(
            due,
            only,
            tuple(line._replace(tax_rate=only, tax=tax) for line, tax in zip(lines, shares, strict=True)),
        )
    split = _split(
        lines, [_plain(rate or "0") if line.kind == "product" else None for line, rate in _paired(lines, rates)]
    )
    taxes: dict[int, int] = {}
    for rate in {line.tax_rate for line in split}:
        own = [at for at, line in enumerate(split) if line.tax_rate == rate]
        amounts = [split[at].amount or 0 for at in own]
        due = percent_of(Money(sum(amounts), amount.currency), Decimal(rate or 0)).minor
        taxes |= zip(own, spread(due, amounts), strict=True)
    return Taxed(sum(taxes.values()), None, tuple(line._replace(tax=taxes[at]) for at, line in enumerate(split)))


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Return a total split in proportion to weights, so that the parts add up to it; evenly where they come to nothing."""
    whole = sum(weights)
    if not whole:
        return [total if at == len(weights) - 1 else 0 for at in range(len(weights))]
    parts: list[int] = []
    passed = 0
    for weight in weights:
        passed += weight
        parts.append((2 * total * passed + whole) // (2 * whole) - sum(parts))  # of all that has passed, rounded
    return parts


def spread_by_rate(total: int, lines: Sequence[Line], weights: Sequence[int]) -> list[int]:
    """Return a total split over lines in proportion to weights, first over their rates, so that each rate has its share."""
    places: dict[str | None, list[int]] = {}
    for at, line in enumerate(lines):
        places.setdefault(line.tax_rate, []).append(at)
    found = [0] * len(lines)
    shares = spread(total, [sum(weights[at] for at in own) for own in places.values()])
    for own, share in zip(places.values(), shares, strict=True):
        for at, part in zip(own, spread(share, [weights[at] for at in own]), strict=True):
            found[at] = part
    return found


def by_rate(lines: Iterable[Line], net: int, tax: int) -> list[RateTotal]:
    """Return what the rates of some lines have of a net amount and its tax, in proportion, to the cent."""
    kept = list(lines)
    nets = spread_by_rate(net, kept, [line.amount or 0 for line in kept])
    taxes = spread_by_rate(tax, kept, [line.tax or 0 for line in kept])
    found: dict[str | None, tuple[int, int]] = {}
    for line, one_net, one_tax in zip(kept, nets, taxes, strict=True):
        before = found.get(line.tax_rate, (0, 0))
        found[line.tax_rate] = (before[0] + one_net, before[1] + one_tax)
    return [RateTotal(rate, *sums) for rate, sums in found.items()]


def _paired(lines: Sequence[Line], rates: Sequence[str | None]) -> Iterable[tuple[Line, str | None]]:
    return zip(lines, rates, strict=False)  # without lines there is one rate all the same


def _plain(rate: str) -> str:
    """Return a rate in the one way in which it is kept: `19`, `8.875`."""
    text = format(Decimal(rate).normalize(), "f")
    return text if Decimal(text) else "0"


def _split(lines: Sequence[Line], rates: Sequence[str | None]) -> list[Line]:
    """Return the lines with their rates; what is no product is split into one line for each rate."""
    nets: dict[str, int] = {}
    for line, rate in _paired(lines, rates):
        if rate is not None:
            nets[rate] = nets.get(rate, 0) + (line.amount or 0)
    found = []
    for line, rate in _paired(lines, rates):
        if rate is not None:
            found.append(line._replace(tax_rate=rate))
            continue
        for own, share in zip(nets, spread(line.amount or 0, list(nets.values())), strict=True):
            found.append(line._replace(amount=share, price=share, tax_rate=own))
    return found

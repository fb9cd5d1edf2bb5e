"""What a list of sales comes to: net, tax and gross, by rate and country."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.taxes import RateTotal, by_rate
from salestrack.render.document import Column, Document

Row = Mapping[str, Any]


class _Key(NamedTuple):
    currency: str
    country: str | None
    rate: str | None


def sale_totals(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Return the totals of a list of sales; None where there is one row, or money of several currencies."""
    currencies = {row["currency"] for row in rows}
    if len(rows) < 2 or len(currencies) > 1:
        return None
    currency = currencies.pop()
    sums = {name: sum(row[name] or 0 for row in rows) for name in ("amount", "tax")}
    taxed = any(row["tax"] is not None for row in rows)
    totals = {"amount": Money(sums["amount"], currency)}
    if taxed:
        totals |= {"tax": Money(sums["tax"], currency), "gross": Money(sums["amount"] + sums["tax"], currency)}
    return totals


def currency_document(rows: Sequence[Row]) -> Document | list[Any]:
    """Return what sales of several currencies come to, each currency for itself; nothing where there is but one."""
    currencies = sorted({row["currency"] for row in rows})
    if len(currencies) < 2:
        return []
    taxed = any(row["tax"] is not None for row in rows)
    found = []
    for currency in currencies:
        own = [row for row in rows if row["currency"] == currency]
        net, tax = (sum(row[name] or 0 for row in own) for name in ("amount", "tax"))
        money = {"amount": net, "tax": tax, "gross": net + tax}
        said = {name: Money(minor, currency) for name, minor in money.items()}
        found.append({"currency": currency, "sales": len(own), **said})
    return Document(
        schema="salestrack/currencies@1",
        title="Total by currency",
        columns=(
            Column(name="currency", title="Currency"),
            Column(name="sales", title="Sales", kind="int"),
            Column(name="amount", title="Net" if taxed else "Amount", kind="money"),
            Column(name="tax", title="Tax", kind="money", only_json=not taxed),
            Column(name="gross", title="Gross", kind="money", only_json=not taxed),
        ),
        rows=found,
    )


def tax_document(rows: Sequence[Row]) -> Document | list[Any]:
    """Return net, tax and gross of sales by currency, country and rate; nothing where no sale has tax.

    A sale of several rates stands in each of them with its share. What has no tax noted stands in a row without a rate.
    """
    if all(row["tax"] is None for row in rows):
        return []
    sums: dict[_Key, list[int]] = {}
    for row in rows:
        for part in _parts(row):
            found = sums.setdefault(_Key(row["currency"], row["country"], part.rate), [0, 0, 0])
            for at, number in enumerate((1, part.net, part.tax or 0)):
                found[at] += number
    return Document(
        schema="salestrack/tax@1",
        title="Tax by country and rate",
        columns=(
            Column(name="country", title="Country"),
            Column(name="tax_rate", title="Tax %", align="right"),
            Column(name="sales", title="Sales", kind="int"),
            Column(name="net", title="Net", kind="money"),
            Column(name="tax", title="Tax", kind="money"),
            Column(name="gross", title="Gross", kind="money"),
            Column(name="currency", title="Currency", only_json=len({key.currency for key in sums}) < 2),
        ),
        rows=[_row(key, *sums[key]) for key in sorted(sums, key=_order)],
    )


def told_rate(row: Row) -> str | None:
    """Return the rate of a sale in percent, or all of them where its lines have several: `7 + 19`."""
    if not row.get("rates"):
        rate: str | None = row["tax_rate"]
        return rate
    rates = {rate for rate, _, _ in json.loads(row["rates"]) if rate is not None}
    return " + ".join(sorted(rates, key=Decimal)) or None


def _parts(row: Row) -> list[RateTotal]:
    lines = [Line(tax_rate=rate, amount=amount, tax=tax) for rate, amount, tax in json.loads(row["rates"] or "[]")]
    if not any(line.tax_rate for line in lines):
        return [RateTotal(row["tax_rate"], row["amount"], row["tax"])]
    return by_rate(lines, row["amount"], row["tax"])


def _order(key: _Key) -> tuple[Any, ...]:
    return key.currency, key.country is None, key.country or "", key.rate is None, Decimal(key.rate or 0)


def _row(key: _Key, sales: int, net: int, tax: int) -> dict[str, Any]:
    money = {"net": net, "tax": tax, "gross": net + tax}
    said = {name: Money(minor, key.currency) for name, minor in money.items()}
    return {"country": key.country, "tax_rate": key.rate, "sales": sales, **said, "currency": key.currency}

"""From `--product 3xBuild@2500 --discount 10%` to the lines of a deal or sale."""

from collections.abc import Sequence

from salestrack.domain import lines as lining
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money, parse_amount
from salestrack.domain.sentences import Sentence
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Part
from salestrack.store import Operation, Store


def lines_for(
    store: Store, items: Sequence[str], discount: str | None, *, currency: str, decimal: str
) -> tuple[Line, ...]:
    """Return priced lines in minor units of currency; a product without a price takes what its list says.

    Raises NotFoundError for an unknown product and RuleError for a list price in another currency.
    """
    if discount is not None and not items:
        raise UsageError("a discount is taken off products, and there is none", hint="add --product 3xBuild")
    lines = []
    for text in items:
        item = lining.parse_item(text, decimal)
        product = store.products.resolve(item.product)
        line = Line(product_id=product.id, product=product.name, quantity=item.quantity, tax_rate=product.tax_rate)
        if item.price:
            line = lining.priced(line, parse_amount(item.price, currency=currency, decimal=decimal, what="price").minor)
        elif product.price:
            if product.price.currency != currency:
                raise RuleError(
                    f"{product.name} is priced in {product.price.currency}, and this is in {currency}",
                    hint=f"name the price: --product '{text}@PRICE'",
                )
            line = lining.priced(line, product.price.minor)
        lines.append(line)
    if discount and lines:
        return lining.discounted(lines, lining.parse_percent(discount, "discount"), currency)
    return tuple(lines)


def told_discount(lines: Sequence[Line], currency: str) -> list[Part]:
    """Return what a discount comes to, for answers: `10,000.00 USD - 10 % = 9,000.00 USD`; nothing without one."""
    off = [line for line in lines if line.kind == "discount"]
    full, left = lining.total([line for line in lines if line.kind == "product"]), lining.total(lines)
    if not off or full is None or left is None:
        return []
    percent = (off[0].name or "").removeprefix("discount ").removesuffix("%")
    return [(Money(full, currency), f"- {percent} % =", Money(left, currency))]


def total_notes(products: Sequence[Line], lines: Sequence[Line], amount: Money | None) -> list[str]:
    """Return remarks on products that came to no whole cent, and on lines that come to another amount than the record."""
    currency = amount.currency if amount else ""
    notes: list[str] = [
        Sentence(
            f"{line.quantity:f} x {line.product or line.name} at ",
            Money(line.price or 0, currency),
            " is rounded to ",
            Money(line.amount or 0, currency),
        )
        for line in products
        if amount and lining.rounded(line)
    ]
    listed = lining.total(lines)
    if listed is None or amount is None or listed == amount.minor:
        return notes
    rest = "; the difference is an adjustment" if len(lines) > 1 else ", and take the amount"
    return [*notes, Sentence("the products come to ", Money(listed, currency), rest)]


def fit_lines(store: Store, deal: Deal, op: Operation) -> None:
    """Make a deal's lines add up to its amount, and what they are worth to its worth in the book's currency."""
    if lines := store.deals.lines(deal.id):
        store.deals.put_lines(deal, lining.fitted(lines, deal.amount.minor if deal.amount else None), op=op.id)

"""Orders of shops, payment providers and tills: sales with several products, shipping, fees, and what was given back."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from salestrack.domain.money import Money, minor_digits
from salestrack.domain.rates import SCALE
from salestrack.domain.sentences import Sentence
from salestrack.errors import UsageError
from salestrack.importers.cells import Parsed
from salestrack.importers.grouping import Grouping
from salestrack.importers.quantities import Quantities
from salestrack.services.imports import sales
from salestrack.services.imports.agreement import rate_text
from salestrack.services.imports.columns import Codes, spread
from salestrack.services.imports.given_back import parse_refunded, refuse_told
from salestrack.services.imports.naming.buyers import Articles, Buyers
from salestrack.services.imports.orders.cells import Parts
from salestrack.services.imports.orders.lines import Fitted, Further, Item, fitted, split_items, total, whole_of
from salestrack.services.imports.orders.refunds import Refunds
from salestrack.services.imports.reading import AmountColumns, Batch, Reading
from salestrack.store.staged_orders import BACK, StagedOrders

COLUMNS = (*sales.COLUMNS, "grew")
_OF_LINES = ("price", "line_amount", "line_discount")
_LOST = "lost"
_OF_ORDERS = ("shipping", "tip", "refunded", "disputed")
# What an order comes to where nothing says its amount.
_SUMMED = (*_OF_LINES, "quantity", "product", "sku", "items", "shipping", "tip", "discount", "amount", "gross")
_MOST_UNFIT = 1000
_MOST_NAMED = 5
_NEGATIVE = re.compile(r"[^\d]*[-\u2212(]|[^-]*-\s*$")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,4})?)\s?%")
_NAMES = ("line", "position", "kind", "product_id", "name", "quantity", "price", "amount", "book_amount")


class OrderRows(sales.SaleRows):
    """Turns batches of orders into columns of staged sales, their lines and refunds."""

    def __init__(self, reading: Reading, grouping: Grouping) -> None:
        super().__init__(reading)
        if reading.mapping.has("kind"):
            raise UsageError(
                "kind is for rows that are a sale or a refund each, and these are orders",
                hint="refunded=COLUMN names how much of an order was given back, refunded_all=COLUMN whether all of it was",
            )
        self.grouping = grouping
        self._orders = {name: reading.amounts(name, signed=True) for name in (*_OF_LINES, *_OF_ORDERS)}
        self._worth = reading.amounts("worth", signed=True)
        self._codes = Codes("worth_currency", reading)
        self._refunds = Refunds(reading, grouping)
        self.unfit: list[tuple[int, int, str]] = []
        """The first orders whose lines come to another amount: line, difference, currency."""
        self.unfit_count = 0
        self.unknown_fees = 0
        self.readers |= self._orders | {
            "worth": self._worth,
            "worth_currency": self._codes,
            "customer": Buyers(reading, "customer"),
            "product": Articles(reading, "product"),
            "refunded_all": Parsed(parse_refunded, reading.values_of("refunded_all")),
            "refunded_on": Parsed(reading.dates.read, reading.values_of("refunded_on")),
            "disputed_on": Parsed(reading.dates.read, reading.values_of("disputed_on")),
        }

    def _money_columns(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        parts = Parts(batch, self._reading)
        currencies = self._currencies.of(batch, [(name, self._money[name]) for name in sales.DECIDING])
        codes = currencies or [self._reading.currency] * len(batch)
        money = {name: self._whole(batch, parts, name, currencies) for name in sales.MONEY if name != "price"}
        further = self._further(batch, currencies, codes)
        offs = [each.discount for each in further]
        money, taxed = self._agreement.of(batch, money, codes, offs)
        items = self._items(batch, parts, currencies)
        nets = self._nets(batch, money, items, further, columns["refund_ref"])
        taxes = [tax or 0 for tax in money["tax"]]
        rates, worths = self._booked(batch, codes, nets, taxes, columns["on_date"])
        batch.extra["lines"] = lines = []
        for place, (net, tax) in enumerate(zip(nets, taxes, strict=True)):
            if net is not None and items[place] and place not in batch.bad:
                found = fitted(items[place], further[place], net, tax)
                lines += _staged(batch.lines[place], found, worths[place])
                self._note_rest(batch.lines[place], found.rest, codes[place])
        refuse_told(batch, nets)
        self._take_refunds(batch, currencies, [(net or 0) + tax for net, tax in zip(nets, taxes, strict=True)])
        return {
            "amount": nets,
            "currency": currencies or batch.none,
            "kind": ["refund" if net is not None and net < 0 else "sale" for net in nets],
            "tax": money["tax"],
            "tax_rate": self._tax_rates(batch, nets, taxes)
            if taxed is batch.none
            else list(map(rate_text, taxed, nets, taxes)),
            "fee": self._fees(batch, money["fee"], codes, nets, taxes),
            "cost": money["cost"],
            "rate": rates,
            "book_amount": worths,
        }

    def _whole(self, batch: Batch, parts: Parts, name: str, currencies: Sequence[str] | None) -> Sequence[int | None]:
        """Return an amount of each order: of its first row, or of all its rows together."""
        if name == "fee" and self._foreign_worth(batch):
            return self._worth_amounts(batch, "fee", self._money["fee"])
        if name not in self.grouping.add_up or len(parts) == len(batch):
            return batch.amount(name, self._money[name], currencies)
        sums: list[int | None] = [None] * len(batch)
        for order, value in zip(parts.orders, parts.amounts(name, self._money[name], currencies), strict=True):
            if value is not None:
                sums[order] = (sums[order] or 0) + value
        batch.values.setdefault(name, sums)
        return sums

    def _further(self, batch: Batch, currencies: Sequence[str] | None, codes: Sequence[str]) -> list[Further]:
        columns = [batch.amount(name, self._orders[name], currencies) for name in ("shipping", "tip")]
        discounts = self.readers["discount"].of(batch, codes)
        return [
            Further(shipping or 0, tip or 0, off if isinstance(off, int) else 0)
            for shipping, tip, off in zip(*columns, discounts, strict=True)
        ]

    def _items(self, batch: Batch, parts: Parts, currencies: Sequence[str] | None) -> list[list[Item]]:
        """Return the products of each order."""
        if batch.has("items"):
            return self._listed(batch)
        found: list[list[Item]] = [[] for _ in range(len(batch))]
        if not (batch.has("product") or batch.has("sku")):
            return found
        keys = list(zip(parts.cells("product"), parts.cells("sku"), strict=True))
        products = parts.read("product" if batch.has("product") else "sku", self.readers["product"], keys)
        money = [parts.amounts(name, self._orders[name], currencies) for name in _OF_LINES]
        quantities = self._counts(parts, money[0], money[1])
        firsts = [at for at, order in enumerate(parts.orders) if not at or order != parts.orders[at - 1]]
        for name, values in zip(("product", "quantity", *_OF_LINES), (products, quantities, *money), strict=True):
            batch.values.setdefault(name, [values[at] for at in firsts])
        for place, (product, quantity, price, given, off) in enumerate(zip(products, quantities, *money, strict=True)):
            if product is None and price is None and given is None:
                continue
            whole = whole_of(price, quantity or "1", given)
            if whole is None and price is not None:
                parts.fault(place, "price", parts.cells("price")[place], sales.NOT_WHOLE)
            away = abs(off or 0) if (whole or 0) >= 0 else -abs(off or 0)
            found[parts.orders[place]].append(Item(product, quantity or "1", price, whole, away))
        return found

    def _counts(self, parts: Parts, prices: Sequence[int | None], wholes: Sequence[int | None]) -> list[Any]:
        """Return how many of each product; what has two readings is the one that comes to the amount of its line."""

        def fits(place: int, count: Decimal) -> bool:
            price, whole = prices[place], wholes[place]
            return bool(price and whole) and abs(round(count * (price or 0))) == abs(whole or 0)

        reader: Quantities = self.readers["quantity"]
        cells = parts.cells("quantity")
        settled = reader.settled(cells, fits)
        return parts.read("quantity", reader, None if settled is cells else settled)

    def _listed(self, batch: Batch) -> list[list[Item]]:
        """Return the products of orders that list them in one cell."""
        texts = [split_items(cell) for cell in batch.column("items")]
        reader = self.readers["product"]
        keys = list(dict.fromkeys((name, "") for each in texts for name, _ in each))
        known = dict(zip(keys, reader.read(keys), strict=True))
        bad = {keys[place]: reason for place, reason in reader.faults(keys)}
        for place, each in enumerate(texts):
            for name, _ in each:
                if (name, "") in bad:
                    batch.fault(place, "items", f"{name}: {bad[name, '']}")
        return [[Item(known[name, ""], quantity, None, None) for name, quantity in each] for each in texts]

    def _nets(
        self, batch: Batch, money: Any, items: Sequence[list[Item]], further: Sequence[Further], refunds: Sequence[Any]
    ) -> list[int | None]:
        """Return the net amount of each order: as given, gross less tax, or what its lines come to."""
        nets: list[int | None] = []
        for place, (given, gross, tax) in enumerate(zip(money["amount"], money["gross"], money["tax"], strict=True)):
            of_lines = given is None and gross is None
            if of_lines and any((place, name) in batch.wrong for name in _SUMMED):
                nets.append(None)
                continue
            amount = total(items[place], further[place]) if of_lines else given
            parts = sales.Parts(amount, gross, tax, None, None, None)
            nets.append(self._net(batch, place, parts, "", refund=refunds[place]))
        return nets

    def _booked(
        self, batch: Batch, codes: Sequence[str], nets: Sequence[int | None], taxes: Sequence[int], days: Sequence[Any]
    ) -> tuple[list[int | None], list[int | None]]:
        """Return rates and amounts in the book's currency: what the provider paid out, else by the rate of the day."""
        paid = self._worth_amounts(batch, "worth", self._worth) if self._foreign_worth(batch) else batch.none
        worth_in = batch.read("worth_currency", self._codes) if batch.has("worth_currency") else batch.none
        own, rates, worths = self._reading.book_currency, [], []
        for code, net, tax, day, worth, worth_code in zip(codes, nets, taxes, days, paid, worth_in, strict=True):
            gross = (net or 0) + tax
            if code != own and worth and worth_code == own and gross and (worth > 0) == (gross > 0):
                rate = round(Decimal(worth * SCALE * 10 ** minor_digits(code)) / (gross * 10 ** minor_digits(own)))
                rates.append(rate)
                worths.append(worth if net == gross else round(Decimal(worth * (net or 0)) / gross))
            else:
                rate, booked = self._rates.book(net, code, day)
                rates.append(rate)
                worths.append(booked)
        return rates, worths

    def _foreign_worth(self, batch: Batch) -> bool:
        return batch.has("worth") and batch.has("worth_currency")

    def _worth_amounts(self, batch: Batch, field: str, readers: AmountColumns) -> list[int | None]:
        """Return amounts that are in the currency of the payout."""
        codes = batch.read("worth_currency", self._codes)
        return batch.amount(field, readers, [code or self._reading.currency for code in codes])

    def _fees(
        self,
        batch: Batch,
        fees: Sequence[int | None],
        codes: Sequence[str],
        nets: Sequence[int | None],
        taxes: Sequence[int],
    ) -> Sequence[int | None]:
        """Return the fees in the currency of their sale; a provider takes them out of its payout."""
        if not (batch.has("fee") and self._foreign_worth(batch)):
            return fees
        paid, paid_in = batch.values["worth"], batch.values["worth_currency"]
        found: list[int | None] = []
        for fee, code, net, tax, worth, worth_in in zip(fees, codes, nets, taxes, paid, paid_in, strict=True):
            if not fee or worth_in == code:
                found.append(fee)
            elif worth_in is None:  # nobody knows of what it is
                self.unknown_fees += 1
                found.append(None)
            else:
                found.append(round(Decimal(fee * ((net or 0) + tax)) / worth) if worth else None)
        return found

    def _tax_rates(self, batch: Batch, nets: Sequence[int | None], taxes: Sequence[int]) -> Sequence[str | None]:
        """Return the rate that the name of an order's tax tells, where it is the rate of the whole order."""
        if not batch.has("tax_rate"):
            return batch.none
        return [_rate(cell, net, tax) for cell, net, tax in zip(batch.column("tax_rate"), nets, taxes, strict=True)]

    def _take_refunds(self, batch: Batch, currencies: Sequence[str] | None, grosses: Sequence[int]) -> None:
        if not (batch.has("refunded") or batch.has("refunded_all")):
            return
        whole = batch.read("refunded_all", self.readers["refunded_all"])
        refunded = batch.amount("refunded", self._orders["refunded"], currencies)
        days = batch.read("refunded_on", self.readers["refunded_on"])
        if batch.has("disputed") and batch.has("dispute"):
            disputed = batch.amount("disputed", self._orders["disputed"], currencies)
            disputed_on = batch.read("disputed_on", self.readers["disputed_on"])
            lost = [text.strip().casefold() == _LOST for text in batch.column("dispute")]
            refunded = [
                abs(back or 0) + (abs(taken or 0) if gone else 0)
                for back, taken, gone in zip(refunded, disputed, lost, strict=True)
            ]
            days = [day or (on if gone else None) for day, on, gone in zip(days, disputed_on, lost, strict=True)]
        batch.extra["refunds"] = [
            (line, abs((gross if all_of_it else back) or 0), day)  # blank: nothing, or nothing any more
            for line, back, day, all_of_it, gross in zip(batch.lines, refunded, days, whole, grosses, strict=True)
        ]

    def _note_rest(self, line: int, rest: int, currency: str) -> None:
        if rest:
            self.unfit_count += 1
            if len(self.unfit) < _MOST_UNFIT:
                self.unfit.append((line, rest, currency))

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage what hangs on the rows that are kept."""
        good = {line for line, keep in zip(batch.lines, kept, strict=True) if keep}
        lines, batch.extra["lines"] = batch.extra.get("lines", []), []
        super().children(batch, kept)
        if lines := [line for line in lines if line[0] in good]:
            self._reading.staging.add("lines", _NAMES, lines)
        if refunds := [one for one in batch.extra.get("refunds", ()) if one[0] in good]:
            self._reading.staging.add("refunds", ("line", "refunded", "on_date"), refunds)

    def keys(self, keys: Sequence[str], cells: Any) -> list[str]:
        """Return the import keys of rows, of which those that give money back may have the id of their sale."""
        if not self.grouping.refund_rows or "amount" not in cells:
            return list(keys)
        days = cells.get("date", [""] * len(keys))
        return [
            f"{key}{BACK}:{day.strip()}" if key and _NEGATIVE.match(amount) else key
            for key, amount, day in zip(keys, cells["amount"], days, strict=True)
        ]

    def check_whole(self) -> None:
        """Set aside orders that stand in several pieces, and all rows of those of which one cannot go in."""
        orders = StagedOrders(self._reading.store.engine)
        if self.grouping.by:
            orders.reject_torn(" and ".join(self.grouping.by), self._reading.staged.keyed())
            orders.reject_members()

    def complete(self) -> None:
        """Make what was given back records of their own, once all orders are known."""
        if self.grouping.by:
            StagedOrders(self._reading.store.engine).reject_members()
        self._refunds.link()
        self._refunds.derive()

    def remarks(self) -> list[str]:
        """Return what is worth a line though all went well."""
        said = [*self._refunds.remarks(), *super().remarks()]
        if self.unknown_fees:
            fees = "1 fee is" if self.unknown_fees == 1 else f"{self.unknown_fees} fees are"
            said.append(f"{fees} not read: {self._reading.mapping.title('worth_currency')} is blank beside it")
        return [*said, *self._unfit_remarks()]

    def _unfit_remarks(self) -> list[str]:
        """Return a remark on the orders whose lines come to another amount, but for those that cannot go in."""
        out = self._reading.staged.among_faults([line for line, _, _ in self.unfit])
        named = [one for one in self.unfit if one[0] not in out]
        if not named:
            return []
        count = self.unfit_count - len(out)
        each = (Sentence(f"line {line} ", Money(rest, code)) for line, rest, code in named[:_MOST_NAMED])
        more = ", ..." if count > _MOST_NAMED else ""
        orders = "1 order has" if count == 1 else f"{count} orders have"
        start = f"{orders} lines that do not come to the total; the difference is an adjustment: "
        return [Sentence(start, Sentence.joined(", ", each), more)]


def _staged(line: int, found: Fitted, worth: int | None) -> list[tuple[Any, ...]]:
    amounts = [each.amount for each in found.lines]
    known = [amount for amount in amounts if amount is not None]
    shares = spread(known, worth) if len(known) == len(amounts) else [None] * len(amounts)
    return [(line, place, *each, share) for place, (each, share) in enumerate(zip(found.lines, shares, strict=True))]


def _rate(cell: str, net: int | None, tax: int) -> str | None:
    found = _PERCENT.search(cell)
    if not found or not net:
        return None
    rate = Decimal(found[1].replace(",", "."))
    if abs(rate * net / 100 - tax) > max(2, abs(tax) // 50):
        return None
    return format(rate.normalize(), "f")

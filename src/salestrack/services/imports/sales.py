"""Sales and refunds of a file as staged rows with their lines; amounts are net, tax stands beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from salestrack.domain import taxes
from salestrack.domain.lines import parse_percent, percent_of
from salestrack.domain.money import Money
from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.amounts import Amounts, other_currency
from salestrack.importers.cells import Column, Parsed, apart, reason_of
from salestrack.importers.dates import read_time
from salestrack.importers.json_values import NUMBER, Number
from salestrack.importers.mapping import FileMapping
from salestrack.importers.quantities import Quantities
from salestrack.services.imports.agreement import Agreement, rate_text, tax_at
from salestrack.services.imports.columns import Currencies, Rates, custom_fields, spread
from salestrack.services.imports.deals import stage_tags
from salestrack.services.imports.given_back import parse_kind, refuse_told, turned
from salestrack.services.imports.links import Deals
from salestrack.services.imports.naming.linked import linked
from salestrack.services.imports.naming.names import FoundOrAdded, Products, Tags
from salestrack.services.imports.naming.namesakes import Payers
from salestrack.services.imports.own.lines import OwnLines
from salestrack.services.imports.reading import Batch, Reading
from salestrack.services.imports.repeating import Repeats

COLUMNS = (
    "kind", "on_date", "at_time", "customer_id", "deal_id", "refund_ref", "refund_of", "amount", "currency", "tax", "tax_rate",
    "fee", "cost", "rate", "book_amount", "ref", "channel", "owner_id", "title", "note", "fields",
)  # fmt: skip
MONEY = ("amount", "gross", "tax", "price", "fee", "cost")
NOT_WHOLE = "does not come to a whole amount with this quantity; write the amount itself, in a column of its own"
NOT_NEGATIVE = "names a sale that was refunded, and the amount is not negative; write it with a minus"
_RECKONED = ("amount", "gross", "tax", "price", "quantity", "discount")
_OF_PRODUCTS = ("price", "discount", "line_amount", "line_discount", "shipping", "tip")
DECIDING = ("amount", "gross", "price")  # of these the first that is filled says the currency of its row


class Parts(NamedTuple):
    """What a row says about its money: minor units, None where the cell is blank; discount is off the whole."""

    amount: int | None
    gross: int | None
    tax: int | None
    price: int | None
    quantity: str | None
    discount: int | Decimal | None
    shipping: int = 0


class SaleRows:
    """Turns batches of raw cells into columns of staged sales."""

    def __init__(self, reading: Reading) -> None:
        mapping = reading.mapping
        if mapping.has("gross") and not any(map(mapping.has, ("amount", "tax", "tax_rate", "price"))):
            raise UsageError(
                "the file has gross amounts and no tax, so the net amount is unknown",
                hint="--map tax=COLUMN, or --map amount=COLUMN where that column is net of tax",
            )
        self._reading = reading
        self._money = {name: reading.amounts(name, signed=True) for name in MONEY}
        self._currencies = Currencies(reading)
        self._rates = Rates(reading)
        self._agreement = Agreement(reading)
        self.readers: dict[str, Any] = {
            **self._money,
            "currency": self._currencies.reader,
            "date": Parsed(reading.dates.read, reading.values_of("date")),
            "clock": Parsed(reading.dates.time),
            "customer": Payers(reading, "customer"),
            "product": Products(reading, "product"),
            "owner": FoundOrAdded(reading, "owner", "owners"),
            "deal": Deals(reading),
            "quantity": reading.quantities(),
            "discount": Discounts(reading),
            "tags": Tags(reading),
            "time": Parsed(read_time, reading.values_of("time")),
            "every": Repeats(reading),
            "kind": Parsed(parse_kind, reading.values_of("kind")),
        }
        self.readers["lines"] = OwnLines(reading, self.readers["product"])

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        read = self.readers
        empty = [""] * len(batch)
        mine = linked(self._reading, batch, read["customer"])
        who = list(zip(batch.column("customer"), batch.column("email"), empty, mine, strict=True))
        field = "customer" if batch.has("customer") else "email"
        people = batch.read_as(field, read["customer"], who, beside=("email",))
        customers = [pair[0] if pair else None for pair in people]
        batch.values["customer"] = customers
        columns: dict[str, Sequence[Any]] = {
            "on_date": batch.read("date", read["date"]),
            "at_time": self._times(batch),
            "owner_id": batch.read("owner", read["owner"]),
            "channel": batch.line("channel"),
            "ref": batch.line("ref"),
            "refund_ref": batch.line("refund_of", tidy=True),
            "title": batch.line("title"),
            "note": batch.note(),
        }
        deals = read["deal"].of(batch, customers, after=field)
        columns["customer_id"], columns["deal_id"] = read["deal"].with_customers(customers, deals), deals
        columns |= self._money_columns(batch, columns)
        batch.read("tags", read["tags"])
        if fields := custom_fields(batch):
            columns["fields"] = fields
        read["every"].of(batch, columns)
        read["lines"].of(batch, columns)
        return columns

    def _times(self, batch: Batch) -> list[Any]:
        """Return the times of day, of a column of their own before those behind the dates."""
        behind = times_of(batch, "date", self.readers["clock"])
        if not batch.has("time"):
            return behind
        return [time or other for time, other in zip(batch.read("time", self.readers["time"]), behind, strict=True)]

    def _money_columns(self, batch: Batch, columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        currencies = self._currencies.of(batch, [(name, self._money[name]) for name in DECIDING])
        codes = currencies or [self._reading.currency] * len(batch)
        money, taxed, parts = self._parts(batch, currencies, codes)
        refunds = columns["refund_ref"]
        amounts = [
            self._net(batch, place, each, codes[place], refund=refunds[place]) for place, each in enumerate(parts)
        ]
        refuse_told(batch, amounts)
        dated = zip(amounts, codes, columns["on_date"], strict=True)
        booked = [self._rates.book(amount, code, day) for amount, code, day in dated]
        products = batch.read("product", self.readers["product"])
        batch.extra["lines"] = _lined(zip(batch.lines, products, parts, amounts, codes, booked, strict=True))
        told = self._taxes(batch, amounts, money["tax"], taxed)
        return {
            **dict(zip(("rate", "book_amount"), zip(*booked, strict=True), strict=True)),
            **told,
            "amount": amounts,
            "currency": currencies or batch.none,
            "kind": ["refund" if amount is not None and amount < 0 else "sale" for amount in amounts],
            "fee": money["fee"],
            "cost": money["cost"],
        }

    def _parts(
        self, batch: Batch, currencies: Sequence[str] | None, codes: Sequence[str]
    ) -> tuple[Mapping[str, Sequence[int | None]], list[Any], list[Parts]]:
        """Return the amounts of rows, net and tax settled, the rates that they name, and all that says their money."""
        money: Mapping[str, Sequence[int | None]] = {
            name: batch.amount(name, self._money[name], currencies) for name in MONEY
        }
        discounts = self.readers["discount"].of(batch, codes)
        quantities = self._quantities(batch, money, discounts, codes)
        if batch.has("kind"):
            money = turned(batch.read("kind", self.readers["kind"]), money, quantities)
        money, taxed = self._agreement.of(batch, money, codes, discounts)
        amounts = (money[name] for name in ("amount", "gross", "tax", "price"))
        shipped = self._agreement.shipped(batch, codes)
        return money, taxed, [Parts(*row) for row in zip(*amounts, quantities, discounts, shipped, strict=True)]

    def _taxes(
        self, batch: Batch, amounts: Sequence[int | None], taxes: Sequence[int | None], rates: Sequence[Any]
    ) -> dict[str, Sequence[Any]]:
        """Return the tax of each row, by its rate where nothing else says it, and the rate where it fits; so for lines too."""
        texts: Sequence[str | None] = batch.none
        if self._reading.is_own:  # as the book had them, whatever they come to
            texts = [None if rate is None else format(rate.normalize(), "f") for rate in rates]
        elif batch.has("tax_rate"):
            rows = zip(amounts, taxes, rates, strict=True)
            taxes = [tax_at(amount, rate) if tax is None else tax for amount, tax, rate in rows]
            texts = list(map(rate_text, rates, amounts, taxes))
        batch.extra["taxes"] = list(zip(batch.lines, texts, taxes, strict=True))
        return {"tax": taxes, "tax_rate": texts}

    def _quantities(
        self, batch: Batch, money: Mapping[str, Sequence[int | None]], discounts: Sequence[Any], codes: Sequence[str]
    ) -> list[Any]:
        """Return how many; what has two readings is the one that comes to the amount of its row with the price."""

        def fits(place: int, count: Decimal) -> bool:
            price, amount, gross = (money[name][place] for name in ("price", "amount", "gross"))
            whole = round(count * (price or 0))
            less = whole - _off(whole, discounts[place], codes[place])
            totals = [amount, gross, None if gross is None else gross - (money["tax"][place] or 0)]
            return bool(price) and any(total is not None and abs(total) in {abs(whole), abs(less)} for total in totals)

        if not batch.has("quantity"):
            return batch.none
        reader: Quantities = self.readers["quantity"]
        return batch.read_as("quantity", reader, reader.settled(batch.column("quantity"), fits))

    def _net(self, batch: Batch, place: int, parts: Parts, currency: str, *, refund: str | None) -> int | None:
        """Return the net amount of a row: as given, gross less tax, or price times quantity less discount."""
        amount = parts.amount
        if amount is None:
            amount = self._reckoned(batch, place, parts, currency)
        if amount is not None and refund and amount > 0:
            batch.fault(place, "refund_of", NOT_NEGATIVE)
            return None
        return amount

    def _reckoned(self, batch: Batch, place: int, parts: Parts, currency: str) -> int | None:
        """Return what the other cells of a row come to; None where one of them is faulty, or all are blank."""
        wrong = {field for field in _RECKONED if (place, field) in batch.wrong} if place in batch.bad else set[str]()
        if "amount" in wrong:
            return None
        if parts.gross is not None or "gross" in wrong:
            if parts.tax is None and "tax" not in wrong:
                why = "the tax is blank, so the net amount is unknown; write 0 where there is none"
                if not batch.has("tax"):
                    why = "nothing says the tax, so the net amount is unknown; --set tax=0 where there is none"
                batch.fault(place, "tax" if batch.has("tax") else "gross", why)
            return None if parts.gross is None or parts.tax is None else parts.gross - parts.tax
        if wrong & {"price", "quantity", "discount"}:
            return None
        if parts.price is None:
            batch.fault(place, "amount" if batch.has("amount") else "gross", "is blank; a sale needs its amount")
            return None
        whole = _whole(parts)
        if whole is None:
            batch.fault(place, "price", NOT_WHOLE)
            return None
        return whole - _off(whole, parts.discount, currency)

    def remarks(self) -> list[str]:
        """Return what is worth a line though all went well."""
        return [*self._agreement.remarks(), *unused_money(self._reading.mapping)]

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage what hangs on the rows that are kept."""
        stage_tags(self._reading, batch, self.readers["tags"], kept)
        self.readers["every"].stage(batch, kept)
        self.readers["lines"].stage(batch, kept)
        good = {line for line, keep in zip(batch.lines, kept, strict=True) if keep}
        if lines := [line for line in batch.extra.get("lines", ()) if line[0] in good]:
            names = ("line", "position", "kind", "product_id", "quantity", "price", "amount", "book_amount")
            self._reading.staging.add("lines", (*names, "tax_rate", "tax"), taxed(lines, batch.extra["taxes"]))


def _lined(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the lines of rows that name a product, each with the line of the file that it stands on."""
    return [
        (line, *each)
        for line, product, parts, amount, currency, (_, worth) in rows
        if product is not None and amount is not None
        for each in lines_of(amount, product, parts, currency, worth=worth)
    ]


def taxed(lines: Sequence[tuple[Any, ...]], told: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return staged lines with the tax rate of their sale, and their shares of its tax; (line, rate, tax) says them."""
    known = {line: (rate, tax) for line, rate, tax in told if rate and tax is not None}
    found = []
    for line, group in groupby(lines, key=itemgetter(0)):
        rows = list(group)
        rate, tax = known.get(line, (None, None))
        shares = [None] * len(rows) if tax is None else taxes.spread(tax, [row[6] for row in rows])
        found += [(*row, rate, share) for row, share in zip(rows, shares, strict=True)]
    return found


def unused_money(mapping: FileMapping) -> Iterator[str]:
    """Say of columns of money that are read and count for nothing: what describes a product where none is named."""
    if not (mapping.has("amount") or mapping.has("gross")) or any(map(mapping.has, ("product", "sku", "items"))):
        return
    told = mapping.has("amount") and mapping.has("gross")  # what is between them is looked at
    names = [name for name in _OF_PRODUCTS if not (told and name in {"discount", "shipping", "tip"})]
    if titles := [mapping.title(name) for name in names if mapping.has(name)]:
        count = mapping.title("amount") or mapping.title("gross")
        are = "is" if len(titles) == 1 else "are"
        yield f"{' and '.join(titles)} {are} read and not used: {count} counts, and nothing names a product"


def times_of(batch: Batch, field: str, reader: Column[str]) -> list[Any]:
    """Return the times of day behind the dates of a field; midnight is what programs write for none."""
    cells = batch.column(field)
    if ":" not in "".join(cells):
        return batch.none
    return [None if time == "00:00" else time for time in reader.read(cells)]


class Discounts(Column[tuple[str, str]]):
    """What was taken off: a percentage (10%) or an amount; keys are (cell, currency)."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.values_of("discount"))
        self._percent = "%" in reading.mapping.title("discount")
        self._decimal = reading.request.decimal
        self._cents = reading.request.cents
        self._amounts: dict[str, Amounts] = {}

    def of(self, batch: Batch, currencies: Sequence[str]) -> list[Any]:
        """Return the discounts of a batch: minor units, or a Decimal percentage."""
        if not batch.has("discount"):
            return batch.none
        return batch.read_as("discount", self, list(zip(apart(batch.column("discount")), currencies, strict=True)))

    def learn(self, cells: Any) -> None:
        """Read new cells."""
        for cell in cells:
            given = cell[0].removeprefix(NUMBER)
            text = self.meant(given)
            if text == given != cell[0]:
                text = Number(text)
            try:
                if text.endswith("%") or (self._percent and text):
                    self.known[cell] = parse_percent(text, "discount")
                elif text:
                    self._learn_amount(cell, text)
                else:
                    self.known[cell] = None
            except SalestrackError as error:
                self.refuse(cell, reason_of(error, text))

    def _learn_amount(self, cell: tuple[str, str], text: str) -> None:
        make = partial(Amounts, cell[1], decimal=self._decimal, signed=True, cents=self._cents)
        reader = self._amounts.setdefault(cell[1], make())
        (minor,) = reader.read([text])
        if minor is None:
            self.refuse(cell, reader.faults([text])[0][1])
        elif text in reader.foreign:
            self.refuse(cell, other_currency(reader.foreign[text], cell[1]))
        else:
            self.known[cell] = abs(minor)


def lines_of(amount: int, product_id: int, parts: Parts, currency: str, *, worth: int | None) -> list[tuple[Any, ...]]:
    """Return the lines that add up to a sale's amount, and in the book's currency to `worth`.

    A line is (position, kind, product, quantity, price, amount, book amount).
    """
    quantity = parts.quantity or "1"
    whole = _whole(parts)
    if whole is None:
        off = parts.discount if isinstance(parts.discount, int) else 0
        whole = amount + off - parts.shipping
        price = whole if quantity == "1" and not off else None
    else:
        off, price = _off(whole, parts.discount, currency), parts.price
    lines: list[tuple[Any, ...]] = [("product", product_id, quantity, price, whole)]
    if off:
        lines.append(("discount", None, "1", -off, -off))
    if parts.shipping:
        lines.append(("shipping", None, "1", parts.shipping, parts.shipping))
    if rest := amount - whole + off - parts.shipping:
        lines.append(("adjustment", None, "1", rest, rest))
    shares = spread([line[-1] for line in lines], worth)
    return [(place, *line, share) for place, (line, share) in enumerate(zip(lines, shares, strict=True))]


def _whole(parts: Parts) -> int | None:
    """Return price times quantity in minor units, None without a price or where it is no whole number of them."""
    if parts.price is None:
        return None
    whole = Decimal(parts.quantity or "1") * parts.price
    return int(whole) if whole == int(whole) else None


def _off(whole: int, discount: int | Decimal | None, currency: str) -> int:
    """Return what a discount takes off an amount; it brings a negative one nearer to zero too."""
    size = percent_of(Money(abs(whole), currency), discount).minor if isinstance(discount, Decimal) else discount or 0
    return size if whole >= 0 else -size

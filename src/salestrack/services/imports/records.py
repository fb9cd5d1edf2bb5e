"""Customers, products and quotas of a file as staged rows; what the book has already is taken over, not doubled."""

from collections.abc import Sequence
from typing import Any

from salestrack.domain.dates import Words
from salestrack.domain.entries import entries_of
from salestrack.domain.names import clean, email_key, fold, phone_key
from salestrack.domain.periods import parse_period
from salestrack.domain.quotas import METRICS
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column, Parsed, reason_of
from salestrack.services.imports.columns import Currencies, custom_fields, tax_rate
from salestrack.services.imports.deals import stage_tags
from salestrack.services.imports.naming.names import FoundOrAdded, Tags
from salestrack.services.imports.naming.namesakes import meant
from salestrack.services.imports.naming.people import by_names
from salestrack.services.imports.reading import Batch, Reading

CUSTOMER_COLUMNS = (
    "name", "name_key", "kind", "email", "email_key", "phone", "phone_key", "segment", "country", "source", "owner_id",
    "note", "fields", "created_on", "snoozed_until",
)  # fmt: skip
PRODUCT_COLUMNS = ("name", "name_key", "sku", "price", "currency", "tax_rate", "fields")
QUOTA_COLUMNS = ("owner_id", "channel", "metric", "start_on", "end_on", "target", "currency")


class CustomerRows:
    """Turns batches of raw cells into columns of staged customers."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.readers: dict[str, Any] = {
            "name": Parsed(
                lambda text: clean(text, "name"), reading.values_of("name"), required="a customer needs a name"
            ),
            "owner": FoundOrAdded(reading, "owner", "owners"),
            "kind": Parsed(str, reading.values_of("kind")),
            "segment": Parsed(str, reading.values_of("segment")),
            "country": Parsed(str, reading.values_of("country")),
            "source": Parsed(str, reading.values_of("source")),
            "alias": Parsed(entries_of, reading.values_of("alias")),
            "tags": Tags(reading),
            "created": Parsed(reading.dates.read, reading.values_of("created")),
            "snoozed": Parsed(reading.dates.read, reading.values_of("snoozed")),
        }

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        names = batch.read("name", self.readers["name"])
        emails, phones = batch.line("email"), batch.line("phone")
        columns: dict[str, Sequence[Any]] = {
            "name": names,
            "name_key": [fold(name) if name else None for name in names],
            "email": emails,
            "email_key": [email_key(email) if email else None for email in emails],
            "phone": phones,
            "phone_key": [phone_key(phone) if phone else None for phone in phones],
            "owner_id": batch.read("owner", self.readers["owner"]),
            "note": batch.note(),
            "created_on": batch.read("created", self.readers["created"]),
            "snoozed_until": batch.read("snoozed", self.readers["snoozed"]),
        }
        for name in ("kind", "segment", "country", "source"):
            columns[name] = batch.line(name) if self._reading.is_own else batch.read(name, self.readers[name])
        batch.read("tags", self.readers["tags"])
        if fields := custom_fields(batch):
            columns["fields"] = fields
        return columns

    def known(self, columns: dict[str, Sequence[Any]]) -> list[int | None]:
        """Return the customers that the book has by these names already, each where only one can be meant.

        Of those whose address is known too, only one with the same address, or of the same company, is meant.
        """
        matches = by_names(self._reading, {name for name in columns["name"] if name})
        named = {match.id for each in matches.values() for match in each}
        known = self._reading.matching.addresses(named) if named and any(columns["email_key"]) else {}
        rows = zip(columns["name"], columns["email_key"], strict=True)
        found = [meant(matches.get(name or "", []), email, known) for name, email in rows]
        return [each[0].id if len(each) == 1 else None for each in found]

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage what hangs on the rows that are kept."""
        stage_tags(self._reading, batch, self.readers["tags"], kept)
        if batch.has("alias"):
            found = zip(batch.lines, batch.read("alias", self.readers["alias"]), kept, strict=True)
            rows = [(line, name, fold(name)) for line, names, good in found if good for name in names or ()]
            self._reading.staging.add("aliases", ("line", "name", "key"), rows)


class ProductRows:
    """Turns batches of raw cells into columns of staged products."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._currencies = Currencies(reading)
        self.readers: dict[str, Any] = {
            "name": Parsed(
                lambda text: clean(text, "name"), reading.values_of("name"), required="a product needs a name"
            ),
            "price": reading.amounts("price", signed=False),
            "currency": self._currencies.reader,
            "tax_rate": Parsed(tax_rate, reading.values_of("tax_rate")),
        }

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        names = batch.read("name", self.readers["name"])
        currencies = self._currencies.of(batch, [("price", self.readers["price"])])
        columns: dict[str, Sequence[Any]] = {
            "name": names,
            "name_key": [fold(name) if name else None for name in names],
            "sku": batch.line("sku"),
            "price": batch.amount("price", self.readers["price"], currencies),
            "currency": currencies or batch.none,
            "tax_rate": batch.read("tax_rate", self.readers["tax_rate"]),
        }
        if fields := custom_fields(batch):
            columns["fields"] = fields
        return columns

    def known(self, columns: dict[str, Sequence[Any]]) -> list[int | None]:
        """Return the products that the book has by these article numbers or names already."""
        skus = self._reading.matching.products("sku", {sku for sku in columns["sku"] if sku})
        names = self._reading.matching.products("key", {key for key in columns["name_key"] if key})
        pairs = zip(columns["sku"], columns["name_key"], strict=True)
        found = [skus.get(sku or "") or names.get(key or "") for sku, key in pairs]
        return [each[0].id if each else None for each in found]

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Nothing hangs on a product."""


class Targets(Column[tuple[Any, ...]]):
    """What is to be reached, from (metric, currency, cell): money for revenue, a count for the others."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.values_of("target"))
        self._amounts = {"": reading.amounts("target", signed=False)}

    def learn(self, cells: Any) -> None:
        """Read new cells."""
        readers = self._amounts[""]
        for cell in cells:
            metric, currency, text = cell[0], cell[1], self.meant(cell[2])
            if not text:
                self.refuse(cell, "a quota needs its target")
            elif metric == "revenue":
                values, faults = readers.by_currency.read([text], [currency])
                self.known[cell] = values[0]
                if faults:
                    self.refuse(cell, faults[0][1])
            elif text.isascii() and text.isdigit() and len(text) <= 12:
                self.known[cell] = int(text)
            else:
                self.refuse(cell, f"is not a number of {metric}")


class QuotaRows:
    """Turns batches of raw cells into columns of staged quotas; without a metric they are about revenue."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._currencies = Currencies(reading)
        book = reading.store.settings.book
        self._words = Words(reading.request.today, week_start=book.week_start, fiscal_start=book.fiscal_start)
        self.readers: dict[str, Any] = {
            "owner": FoundOrAdded(reading, "owner", "owners"),
            "metric": Parsed(_metric, reading.values_of("metric")),
            "period": Parsed(self._period, reading.values_of("period"), required="a quota needs its period"),
            "currency": self._currencies.reader,
            "target": Targets(reading),
        }

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch; what is wrong stands in its faults."""
        read, default = self.readers, self._reading.currency
        metrics = [metric or "revenue" for metric in batch.read("metric", read["metric"])]
        periods = [period or (None, None) for period in batch.read("period", read["period"])]
        currencies = self._currencies.of(batch, []) or [default] * len(batch)
        keys = list(zip(metrics, currencies, batch.column("target"), strict=True))
        return {
            "owner_id": batch.read("owner", read["owner"]),
            "channel": batch.line("channel"),
            "metric": metrics,
            "start_on": [period[0] for period in periods],
            "end_on": [period[1] for period in periods],
            "target": batch.read_as("target", read["target"], keys),
            "currency": [
                code if metric == "revenue" else None for metric, code in zip(metrics, currencies, strict=True)
            ],
        }

    def known(self, columns: dict[str, Sequence[Any]]) -> list[int | None]:
        """Return the quotas that the book has for just these already."""
        quotas = self._reading.matching.quotas()
        names = ("owner_id", "channel", "metric", "start_on", "end_on")
        return [quotas.get(key) for key in zip(*(columns[name] for name in names), strict=True)]

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Nothing hangs on a quota."""

    def _period(self, text: str) -> tuple[str, str]:
        try:
            period = parse_period(text, self._words)
        except SalestrackError as error:
            raise SalestrackError(reason_of(error, text).removeprefix(f'period "{text}" ')) from None
        if period.start is None or period.end is None:
            raise SalestrackError("has no beginning or no end")
        return period.start.isoformat(), period.end.isoformat()


def _metric(text: str) -> str:
    word = text.casefold()
    if word not in METRICS:
        raise SalestrackError(f"is none of {', '.join(METRICS)}")
    return word

"""What a table says in words of rows that give money back, and of sales that were given back in whole."""

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any

from salestrack.domain.imports import OWN_SOURCE, Fault
from salestrack.domain.names import fold
from salestrack.errors import SalestrackError
from salestrack.importers.mapping import fields_of
from salestrack.services.imports.reading import Batch, Reading

TOLD = "told in words"
"""Cells of a batch beside those of its fields: the columns that are not read, where they speak of refunds."""


def _words(text: str) -> frozenset[str]:
    return frozenset(map(fold, text.split("|")))


_HEADERS = _words(
    "kind|type|status|state|event|art|typ|vorgang|tipo|statut|estado|stato|soort|tipologia|buchungsart|transaktionstyp"
)
_BACK = _words(
    "refund|refunds|return|credit note|credit memo|chargeback|reversal|gutschrift|erstattung|rückerstattung|rückgabe|"
    "retoure|storno|remboursement|avoir|reembolso|devolución|nota de crédito|rimborso|nota di credito|terugbetaling|creditnota"
)
_WHOLE = _words(
    "refunded|fully refunded|returned|charged back|reversed|erstattet|rückerstattet|zurückerstattet|storniert|remboursé|"
    "remboursée|reembolsado|rimborsato|terugbetaald"
)
_SOLD = _words(
    "sale|sales|sold|order|charge|payment|purchase|invoice|receipt|verkauf|bestellung|rechnung|zahlung|beleg|vente|commande|"
    "facture|paiement|venta|pedido|factura|pago|vendita|ordine|fattura|verkoop|bestelling|factuur"
)
_KEPT = _words(
    "no|n|false|0|nein|non|paid|completed|complete|succeeded|captured|fulfilled|shipped|bezahlt|payé|pagado|pagato"
)
_YES = _words("yes|y|true|1|x|ja|oui|si|sí")


def parse_kind(text: str) -> str:
    """Read whether a row sold or gave back; SalestrackError for other words."""
    word = fold(text)
    if word not in _BACK | _SOLD:
        raise SalestrackError(f"is neither sale nor refund; say which: --value 'kind:{text}=sale', or =refund")
    return "refund" if word in _BACK else "sale"


def parse_refunded(text: str) -> bool:
    """Read whether all of a sale was given back; SalestrackError for other words."""
    word = fold(text)
    if word not in _YES | _WHOLE | _BACK | _KEPT | _SOLD:
        said = f"--value 'refunded_all:{text}=no', or =yes"
        raise SalestrackError(f"does not say whether all of it was given back; say so: {said}")
    return word in _YES | _WHOLE | _BACK


def turned(
    kinds: Sequence[str | None], money: Mapping[str, Sequence[int | None]], counts: Sequence[Any]
) -> dict[str, Any]:
    """Return amounts with those of rows that gave back below zero, whatever sign the file has."""
    found: dict[str, Any] = dict(money)
    for name in ("amount", "gross", "tax"):
        rows = zip(kinds, money[name], strict=True)
        found[name] = [-abs(value) if kind == "refund" and value else value for kind, value in rows]
    prices = zip(kinds, money["price"], counts, strict=True)
    found["price"] = [
        -abs(price) if kind == "refund" and price and not str(count or "").startswith("-") else price
        for kind, price, count in prices
    ]
    return found


class Flags:
    """The columns of a file that are not read, and whose cells may say that a row gives money back."""

    def __init__(self, reading: Reading, header: Sequence[str]) -> None:
        self._places: dict[int, str] = {}
        profile, mapping = reading.profile, reading.mapping
        own = profile is not None and (profile.source == OWN_SOURCE or profile.only_these)
        known = "kind" in fields_of(reading.request.maps) or any(map(mapping.has, ("kind", "refunded", "refunded_all")))
        if reading.kind.name != "sales" or own or known:
            return
        used = {place for mapped in mapping.fields for place in mapped.places}
        used |= {header.index(title) for title in profile.deciding(header)} if profile else set()
        for place, title in enumerate(header):
            if place not in used and _HEADERS & set(fold(title).split()):
                self._places[place] = title.strip()

    def cells(self, columns: Sequence[Sequence[str]]) -> dict[str, Sequence[str]]:
        """Return what rows say of refunds in such a column: its header and the cell; nothing where none does."""
        for place, title in self._places.items():
            told = {cell for cell in set(columns[place]) if fold(cell) in _BACK | _WHOLE}
            if told:
                return {TOLD: [f"{title}\n{cell}" if cell in told else "" for cell in columns[place]]}
        return {}


def refuse_told(batch: Batch, amounts: Sequence[int | None]) -> None:
    """Refuse rows that say in words that they give money back, and whose amount says that they brought some."""
    if not batch.has(TOLD):
        return
    for place, (text, amount) in enumerate(zip(batch.column(TOLD), amounts, strict=True)):
        title, _, cell = text.partition("\n")
        if text and amount and amount > 0 and place not in batch.bad:
            batch.bad.add(place)
            batch.faults.append(Fault(batch.lines[place], title, cell.strip(), _why(title, fold(cell))))


def _why(title: str, word: str) -> str:
    field, said = (
        ("refunded_all", "such a sale as given back in whole") if word in _WHOLE else ("kind", "the row as given back")
    )
    return f"and the amount is above zero: --map {quote(f'{field}={title}')} takes {said}, --map kind= as sold"


__all__ = ["TOLD", "Flags", "parse_kind", "parse_refunded", "refuse_told", "turned"]

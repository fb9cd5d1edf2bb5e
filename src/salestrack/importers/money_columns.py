"""Which columns of money a file's headers mean beside those that are named: one never beats what was said of the same."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from salestrack.domain.names import fold
from salestrack.importers.kinds import Field, Kind
from salestrack.importers.synonyms import synonyms

# Fields that only stand beside others: a rate where no column says the tax, the rest where they tell net from gross.
_BESIDE = {
    "tax_rate": "tax rate|vat rate|sales tax rate|tax percent|tax percentage|vat percent|vat percentage|mwst satz|"
    "ust satz|steuersatz|mehrwertsteuersatz|umsatzsteuersatz|taux tva|taux de tva|tipo iva|tipo de iva|aliquota iva|"
    "aliquota|btw percentage|btw tarief",
    "shipping": "shipping amount|shipping cost|shipping costs|shipping fee|shipping total|shipping charge|shipping|"
    "postage|freight|delivery fee|versandkosten|versand|porto|fracht|frais de port|gastos de envío|"
    "spese di spedizione|verzendkosten|frete",
    "tip": "tips|tip amount|gratuity|trinkgeld|pourboire|propina|mancia",
}


def decided(kind: Kind, named: Collection[str]) -> set[str]:
    """Return the fields of which no header is taken, since `named` ones say their money already: the net amount."""
    if kind.name != "sales":
        return set()
    by_gross = "gross" in named and ("tax" in named or "tax_rate" in named)
    return {"amount", "gross"} if "amount" in named or by_gross else set()


def shares(kind: Kind, header: Sequence[str]) -> set[int]:
    """Return the columns that are called like money and are percentages of it: `MwSt %` is no tax."""
    table = synonyms(kind.name)
    money = {word for field in kind.fields if field.type == "amount" for word in table.get(field.name, ())}
    return {place for place, title in enumerate(header) if "%" in title and fold(title) in money}


def beside(
    kind: Kind, header: Sequence[str], used: Collection[int], has: Collection[str], settled: Collection[str]
) -> dict[Field, int]:
    """Return the columns of fields that stand beside the money that a file has, by their headers; of two alike none.

    `settled` are the fields of which somebody said where they stand, or that they stand nowhere.
    """
    if kind.name != "sales":
        return {}
    wanted = ["tax_rate"] if "tax" not in {*has, *settled} else []
    wanted += ["shipping", "tip"] if {"amount", "gross"} <= set(has) else []
    found = {}
    for name in (name for name in wanted if name not in settled):
        titles = [(place, title) for place, title in enumerate(header) if place not in used and title[:1] != "_"]
        places = [place for place, title in titles if _means(name, title)]
        if len(places) == 1:
            found[kind.field(name)] = places[0]
    return found


def _means(name: str, title: str) -> bool:
    if name == "tax_rate" and "%" in title:
        return fold(title) in synonyms("sales")["tax"] or fold(title) in _words()[name]
    return "%" not in title and fold(title) in _words()[name]


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(map(fold, (name, *words.split("|")))) for name, words in _BESIDE.items()}

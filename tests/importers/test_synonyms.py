"""Headers mean what they are commonly called; a doubtful one means nothing."""

import csv

import pytest

from salestrack.importers.kinds import KINDS
from salestrack.importers.mapping import by_header


def meant(kind: str, *header: str) -> dict[str, str]:
    """Return which header feeds which field, by the headers alone."""
    return {header[place]: field.name for field, place in by_header(KINDS[kind], header, set(), set()).items()}


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("deals", header, field)
        for header, field in {
            "close": "closed", "Close Date": "closed", "Won date": "closed", "Schlusstermin": "closed", "value": "amount",
            "Worth": "amount", "Betrag": "amount", "montant": "amount", "Importe": "amount", "company": "customer",
            "Account": "customer", "Organisation": "customer", "Kunde": "customer", "client": "customer",
            "Cliente": "customer", "rep": "owner", "Salesperson": "owner", "Verantwortlicher": "owner",
            "Erstellungsdatum": "created",
        }.items()
    ]
    + [
        ("sales", header, field)
        for header, field in {
            "Datum": "date", "Fecha": "date", "Belegdatum": "date", "Kunde": "customer", "Käufer": "customer",
            "client": "customer", "Menge": "quantity", "Artikel": "product", "rep": "owner",
        }.items()
    ],
)  # fmt: skip
def test_a_common_header_means_its_field(kind, header, field):
    assert meant(kind, "title" if kind == "deals" else "amount", header)[header] == field


@pytest.mark.parametrize("header", ["Umsatz", "Betrag", "montant", "importe", "Nettoumsatz"])
def test_a_common_header_of_money_means_the_net_amount_of_a_sale(header):
    assert meant("sales", "date", header)[header] == "amount"


@pytest.mark.parametrize(
    ("kind", "header"),
    [("sales", "value"), ("sales", "worth"), ("deals", "date"), ("deals", "state"), ("deals", "lost date")],
)
def test_a_doubtful_header_means_nothing(kind, header):
    assert header not in meant(kind, "title" if kind == "deals" else "amount", header)


# What the headers of the public files mean without a profile: nothing that is added to the synonyms may change it.
OF_FILES = {
    ("maven-crm/sales_pipeline.csv", "deals"): {
        "opportunity_id": "id", "sales_agent": "owner", "product": "product", "account": "customer", "deal_stage": "stage",
        "close_date": "closed", "close_value": "amount",
    },
    ("maven-crm/accounts.csv", "customers"): {"account": "name", "sector": "segment", "office_location": "country"},
    ("maven-crm/products.csv", "products"): {"product": "name", "sales_price": "price"},
    ("jaffle-shop/raw_orders.csv", "deals"): {"id": "id", "status": "stage"},
    ("jaffle-shop/raw_payments.csv", "sales"): {"id": "id", "amount": "amount"},
    ("vendor-exports/pipedrive_persons.csv", "contacts"): {"Person - ID": "id", "Person - Name": "name"},
    ("vendor-exports/woocommerce_analytics_orders.csv", "sales"): {
        "Date": "date", "Order #": "id", "Customer": "customer", "Net Sales": "amount",
    },
}  # fmt: skip


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "kind"), OF_FILES)
def test_the_headers_of_public_files_keep_their_meaning(real_data, name, kind):
    with (real_data / name).open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))

    assert meant(kind, *header) == OF_FILES[name, kind]

"""export lines, and the lines in JSON: every product of every deal and sale, whose amounts add up to those of the records."""

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal

import pytest
from tests.services.whole_books import Book, full_book


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lines")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        book = full_book(folder / "full.db")
        book.line("sell 130.01 Globex Kit --product 2xWidget@15.01 --product Setup@99.99 --tax 19% -d 2026-03-10")
        book.line("product rm p2 -y")
    return book


def rows(book: Book, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(book.run("export", *words, ok=True).stdout, newline="")))


def test_the_amounts_and_taxes_of_the_lines_add_up_to_those_of_the_records(full):
    sums: dict[str, Decimal] = defaultdict(Decimal)
    taxes: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(full, "lines"):
        sums[row["record"]] += Decimal(row["amount"])
        taxes[row["record"]] += Decimal(row["tax"] or 0)
    records = rows(full, "deals") + rows(full, "sales")
    assert sums == {row["id"]: Decimal(row["amount"]) for row in records}
    assert {key: tax for key, tax in taxes.items() if tax} == {
        row["id"]: Decimal(row["tax"]) for row in records if row.get("tax")
    }


def test_each_product_of_a_sale_has_a_row(full):
    found = [row for row in rows(full, "lines", "2026-03") if row["title"] == "Kit"]
    assert [(row["product"], row["quantity"], row["price"], row["amount"]) for row in found] == [
        ("Widget", "2", "15.01", "30.02"), ("Setup", "1", "99.99", "99.99"),
    ]  # fmt: skip
    assert {(row["type"], row["date"], row["customer"], row["line"]) for row in found} == {
        ("sale", "2026-03-10", "Globex", "product")
    }


def test_filters_narrow_lines_as_they_narrow_their_records(full):
    records = {row["id"] for row in rows(full, "sales", "2026-03") + rows(full, "deals", "2026-03")}
    assert {row["record"] for row in rows(full, "lines", "2026-03")} == records
    assert {row["record"] for row in rows(full, "lines", "--won")} == {
        row["id"] for row in rows(full, "deals", "--won")
    }
    assert {row["record"] for row in rows(full, "lines", "--product", "Widget")} == {"d1", "s1", "s5", "s6"}
    assert {row["record"] for row in rows(full, "lines", "--channel", "shop")} == {"s1", "s5"}
    assert [row["amount"] for row in rows(full, "lines", "--sort=-amount", "--limit", "2")] == ["1200.00", "1140.03"]
    refused = full.run("export", "lines", "--kind", "call")
    assert (refused.exit_code, refused.stderr) == (2, "salestrack: lines cannot be narrowed by --kind\n")


@pytest.mark.parametrize("kind", ["deals", "sales"])
@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_json_has_the_lines_in_their_record(full, kind, form):
    text = full.run("export", kind, "-f", form, ok=True).stdout
    records = json.loads(text)["rows"] if form == "json" else [json.loads(line) for line in text.splitlines()]
    flat = [row for row in rows(full, "lines") if row["line"] and row["record"][0] == kind[0]]
    nested = [(record["id"], line) for record in records for line in record["lines"]]
    assert nested
    assert [
        (key, line["kind"], line["product"], line["quantity"], line["amount"]["amount"]) for key, line in nested
    ] == [(row["record"], row["line"], row["product"], row["quantity"], row["amount"]) for row in flat]
    assert "lines" not in json.loads(full.run("export", "customers", "-f", "jsonl", ok=True).stdout.splitlines()[0])


def test_in_csv_a_note_says_that_products_are_missing_and_where_they_are(full):
    assert full.run("export", "sales", ok=True).stderr == (
        "note: 1 sale with several products stands without them; "
        "salestrack export lines has each, and -f jsonl keeps them\n"
    )
    assert full.run("export", "sales", "-f", "jsonl", ok=True).stderr == ""

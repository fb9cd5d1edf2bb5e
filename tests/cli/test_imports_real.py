"""A real export: 8,800 deals of a hardware seller, with the damage it has."""

from pathlib import Path

import pytest

DEALS = "--as deals --map entered:Engaging=engage_date --map created=engage_date"
FIX = "--value 'product:GTXPro=GTX Pro'"

pytestmark = pytest.mark.real_data


@pytest.fixture
def folder(real_data) -> Path:
    return real_data / "maven-crm"


@pytest.fixture
def crm(run, folder, monkeypatch):
    """Return a call on a book with the stages, products and accounts of the seller."""
    monkeypatch.setenv("SALESTRACK_TODAY", "2017-12-31")
    run("stage add Prospecting --probability 10 --before Lead", ok=True)
    run("stage add Engaging --probability 40 --before Lead", ok=True)
    assert "7 new" in run(f"import {folder}/products.csv --as products", ok=True).stdout
    assert "85 new" in run(f"import {folder}/accounts.csv --as customers", ok=True).stdout
    return run


def tables(rows) -> dict[str, list[list[str]]]:
    from salestrack.store.triggers import JOURNALLED

    return {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in JOURNALLED}


def test_stages_and_segments_are_what_the_seller_has(crm, rows, folder):
    crm(f"import {folder}/sales_pipeline.csv {DEALS} {FIX}", ok=True)
    assert rows("SELECT s.name, count(*) FROM deals d JOIN stages s ON s.id = d.stage_id GROUP BY 1 ORDER BY 1") == [
        ["Engaging", "1589"], ["Lost", "2473"], ["Prospecting", "500"], ["Won", "4238"],
    ]  # fmt: skip
    assert rows("SELECT sum(book_amount) FROM deals WHERE status = 'won'") == [["1000553400"]]
    assert rows("SELECT count(*) FROM deals WHERE customer_id IS NULL") == [["1425"]]
    assert rows("SELECT count(*) FROM deals WHERE status = 'open' AND amount IS NOT NULL") == [["0"]]
    assert rows("SELECT DISTINCT amount FROM deals WHERE status = 'lost'") == [["0"]]
    assert rows(
        "SELECT sum(d.book_amount) FROM deals d JOIN customers c ON c.id = d.customer_id "
        "WHERE c.segment = 'retail' AND d.status = 'won'"
    ) == [["186752800"]]


def test_the_past_is_right_on_any_day_and_no_date_is_invented(crm, rows, folder):
    crm(f"import {folder}/sales_pipeline.csv {DEALS} {FIX}", ok=True)
    assert rows(
        "SELECT count(*) FROM deal_history h JOIN stages s ON s.id = h.stage_id WHERE s.name = 'Engaging' "
        "AND from_on <= '2017-10-01' AND (to_on IS NULL OR to_on > '2017-10-01')"
    ) == [["2434"]]
    assert rows("SELECT count(*) FROM deal_history WHERE from_on IS NULL") == [["500"]]


def test_a_second_time_nothing_is_new_and_the_book_is_equal_row_for_row(crm, rows, folder):
    line = f"import {folder}/sales_pipeline.csv {DEALS} {FIX}"
    crm(line, ok=True)
    before = tables(rows)
    assert crm(line, ok=True).stdout.startswith("sales_pipeline.csv: 8800 deals read · 0 new, 0 changed, 8800 same")
    for kind, file in (("products", "products.csv"), ("customers", "accounts.csv")):
        assert "0 new, 0 changed" in crm(f"import {folder}/{file} --as {kind}", ok=True).stdout
    assert tables(rows) == before


def test_undo_of_the_import_gives_back_the_book(crm, rows, folder):
    before = tables(rows)
    crm(f"import {folder}/sales_pipeline.csv {DEALS} {FIX}", ok=True)
    crm("undo", ok=True)
    assert tables(rows) == before


def test_one_bad_row_in_8800_is_named_and_nothing_is_written(crm, rows, folder, tmp_path):
    lines = (folder / "sales_pipeline.csv").read_bytes().splitlines(keepends=True)
    lines[4000] = lines[4000].replace(b"Won", b"Wonn").replace(b"Lost", b"Losst").replace(b"Engaging", b"Engagin")
    damaged, bad = tmp_path / "damaged.csv", tmp_path / "bad.csv"
    damaged.write_bytes(b"".join(lines))
    before = tables(rows)

    refused = crm(f"import {damaged} {DEALS} {FIX}")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("damaged.csv: line 4001, deal_stage '")
    assert tables(rows) == before

    partial = crm(f"import {damaged} {DEALS} {FIX} --rejects {bad}")
    assert partial.exit_code == 3
    assert "8799 new, 0 changed, 0 same, 1 rejected" in partial.stdout
    assert len(bad.read_bytes().splitlines()) == 2

    mended = bad.read_bytes().replace(b"Wonn", b"Won").replace(b"Losst", b"Lost").replace(b"Engagin,", b"Engaging,")
    bad.write_bytes(mended)
    assert "1 new, 0 changed, 0 same" in crm(f"import {bad} {DEALS} {FIX}", ok=True).stdout
    assert "0 new, 0 changed, 8800 same" in crm(f"import {folder}/sales_pipeline.csv {DEALS} {FIX}", ok=True).stdout


def test_the_product_that_is_spelt_otherwise_is_suggested(crm, folder):
    result = crm(f"import {folder}/sales_pipeline.csv {DEALS}")
    assert "did you mean GTX Pro? --value 'product:GTXPro=GTX Pro'" in result.stderr
    assert "1480 of 8800 rows cannot go in" in result.stderr

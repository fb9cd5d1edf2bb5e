"""Files that nothing is known of: the nearest profile is named with what the file lacks; stray texts are left."""

import pytest

SHOP = "Name,Financial Status,Lineitem name,Lineitem quantity,Lineitem price,Total,Taxes,Created at,Currency\n"
ORDER = "#1,paid,Tee,1,10.00,10.00,0.00,2026-03-01,USD\n"


@pytest.fixture
def shop(tmp_path, book):
    """Return a call that writes a shop's export without some columns."""

    def write(*lacks: str):
        rows = [line.split(",") for line in (SHOP + ORDER).splitlines()]
        kept = [at for at, name in enumerate(rows[0]) if name not in lacks]
        path = tmp_path / "shop.csv"
        path.write_text("".join(",".join(row[at] for at in kept) + "\n" for row in rows))
        return path

    return write


def test_a_file_that_lacks_a_column_of_a_profile_is_told_which(shop, run, rows):
    path = shop("Lineitem price")
    refused = run(f"import {path}")
    said = "shop.csv: no profile knows its columns; shopify-orders would, but for 'Lineitem price'"
    hint = "hint: --profile shopify-orders reads it without that column"
    assert (refused.exit_code, refused.stderr) == (2, f"salestrack: {said}\n{hint}\n")
    said = run(f"import {path} --profile shopify-orders", ok=True)
    assert "the file lacks 'Lineitem price' (price), which shopify-orders would read" in said.stderr
    assert rows("SELECT amount FROM sales") == [["1000"]]


NEEDS = "hint: --profile shopify-orders --map "


@pytest.mark.parametrize(
    ("lacks", "hint"),
    [
        (("Taxes",), f"{NEEDS}tax=COLUMN, or --set tax=0 in its place where there is none\n"),
        (("Total",), f"{NEEDS}gross=COLUMN\n"),
        (
            ("Total", "Taxes"),
            f"{NEEDS}gross=COLUMN --map tax=COLUMN, or --set tax=0 in its place where there is none\n",
        ),
    ],
)
def test_a_file_without_the_money_of_its_profile_is_not_read_by_it(shop, run, rows, lacks, hint):
    path = shop(*lacks)
    refused = run(f"import {path}")
    assert (refused.exit_code, refused.stderr.endswith(hint)) == (2, True)
    again = run(f"import {path} --profile shopify-orders")
    assert (again.exit_code, again.stderr.endswith(hint)) == (2, True)
    which = " and ".join(f"'{name}'" for name in lacks)
    assert f"shopify-orders needs {which}, and the file has no such column" in again.stderr
    assert rows("SELECT count(*) FROM sales") == [["0"]]


def test_a_column_of_the_money_under_a_new_name_is_advised_and_read(shop, run, rows):
    path = shop()
    path.write_text(path.read_text().replace("Total", "Total Price,Subtotal").replace("10.00,0.00", "15.00,10.00,0.00"))
    refused = run(f"import {path}")
    command = "--profile shopify-orders --map gross='Total Price'"
    assert refused.stderr.endswith(f"hint: {command}\n")
    run(f"import {path} {command}", ok=True)
    assert rows("SELECT amount FROM sales") == [["1500"]]


def test_without_a_tax_that_there_is_not_the_profile_reads_it(shop, run, rows):
    run(f"import {shop('Taxes')} --profile shopify-orders --set tax=0", ok=True)
    assert rows("SELECT amount, tax FROM sales") == [["1000", "0"]]


def test_without_the_column_that_leaves_rows_out_a_profile_reads_nothing(shop, run, rows):
    path = shop("Financial Status")
    why = "hint: without 'Financial Status' nobody knows what to leave out (not paid yet; voided: never paid; expired: never paid; cancelled: never paid); export it once more"
    for more in ("", " --profile shopify-orders"):
        refused = run(f"import {path}{more}")
        assert (refused.exit_code, f"{why} by Shopify: Orders > Export\n" in refused.stderr) == (2, True)
    path.write_text(
        path.read_text().replace("Currency\n", "Currency,Financial Status (new)\n").replace("USD\n", "USD,paid\n")
    )
    assert "; if it is 'Financial Status (new)' now, name it so again" in run(f"import {path}").stderr
    assert rows("SELECT count(*) FROM sales") == [["0"]]


def test_charges_of_an_api_are_not_read_as_the_export_in_whole_units(run, rows, tmp_path, book):
    charge = (
        '{"id":"ch_1","amount":10000,"amount_refunded":0,"currency":"usd","created":1793491200,"status":"succeeded"}'
    )
    (tmp_path / "c.jsonl").write_text(f"{charge}\n")
    for more in ("", " --profile stripe-charges"):
        refused = run(f"import {tmp_path}/c.jsonl{more}")
        assert (refused.exit_code, "export it once more by Stripe: Transactions" in refused.stderr) == (2, True)
    assert rows("SELECT count(*) FROM sales") == [["0"]]


STRIPE = "id,Created (UTC),Amount,Amount Refunded,Currency,Captured,Status\nch_1,2026-03-01,5000,0,jpy,true,Paid\n"


@pytest.mark.parametrize(
    ("lacks", "field"),
    [("Currency", "currency=COLUMN, or --set currency=EUR in its place"), ("Amount Refunded", "refunded=COLUMN")],
)
def test_neither_currency_nor_refunds_are_lost_on_the_way(run, rows, tmp_path, book, lacks, field):
    (tmp_path / "c.csv").write_text(STRIPE.replace(lacks, "X"))
    for more in ("", " --profile stripe-charges"):
        refused = run(f"import {tmp_path}/c.csv{more}")
        assert (refused.exit_code, f"hint: --profile stripe-charges --map {field}" in refused.stderr) == (2, True)
    run(f"import {tmp_path}/c.csv --profile stripe-charges --map {field.split('=')[0]}=X", ok=True)
    assert rows("SELECT amount, currency FROM sales") == [["5000", "JPY"]]


def test_a_profile_of_ones_own_needs_its_money_too(run, rows, tmp_path, book):
    columns = 'id = "No"\n[columns]\ndate = "Day"\ngross = "Sum"\ntax = "VAT paid"\n'
    (tmp_path / "till.toml").write_text(f'kind = "sales"\nmatch = ["No", "Sum"]\n{columns}')
    run(f"profile save till {tmp_path}/till.toml", ok=True)
    (tmp_path / "x.csv").write_text("No,Day,Sum,Net\n1,2026-03-01,119,7\n")
    refused = run(f"import {tmp_path}/x.csv")
    assert "till needs 'VAT paid', and the file has no such column" in refused.stderr
    (tmp_path / "y.csv").write_text("No,Sum,VAT paid\n1,119,19\n")
    assert "hint: --profile till --map date=COLUMN\n" in run(f"import {tmp_path}/y.csv --profile till").stderr
    run(f"import {tmp_path}/y.csv --profile till --set date=2026-03-01", ok=True)
    assert rows("SELECT amount, tax FROM sales") == [["10000", "1900"]]


def test_a_profile_that_would_not_read_it_either_is_named_and_not_advised(shop, run):
    refused = run(f"import {shop('Total', 'Taxes', 'Lineitem price')}")
    assert "what does the file hold?" in refused.stderr


def test_a_list_of_ones_own_is_not_taken_for_an_export_of_the_program(run, tmp_path, book):
    (tmp_path / "x.csv").write_text("id,name,email,phone,segment,country,source,owner,tags,note\nc1,A,,,,,,,,\n")
    assert "what does the file hold?" in run(f"import {tmp_path}/x.csv").stderr


def test_in_a_folder_it_is_named_and_left(shop, run, tmp_path):
    path = shop("Lineitem price")
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "good.csv").write_text(SHOP + ORDER)
    path.rename(tmp_path / "whole" / "shop.csv")
    said = run(f"import {tmp_path}/whole", ok=True)
    assert (
        "shop.csv is not read: no profile knows its columns; shopify-orders would, but for 'Lineitem price'"
        in said.stderr
    )


@pytest.mark.parametrize("text", ["hello", "Dear all,\nthis is what we said\n", "a\tb\n1\t2\n"])
def test_a_stray_text_in_a_folder_is_left_though_as_says_what_the_files_hold(run, rows, tmp_path, book, text):
    folder = tmp_path / "weekly"
    folder.mkdir()
    (folder / "good.csv").write_text("id,date,amount\nA,2026-01-05,5\n")
    (folder / "table.txt").write_text("id,date,amount\nB,2026-01-05,7\n")
    (folder / "notes.txt").write_text(text)
    said = run(f"import {folder} --as sales", ok=True)
    assert "notes.txt is not read: sales need a column for amount" in said.stderr
    assert rows("SELECT amount FROM sales ORDER BY id") == [["500"], ["700"]]


def test_a_csv_in_a_folder_that_lacks_what_as_needs_is_refused_by_name(run, tmp_path, book):
    folder = tmp_path / "weekly"
    folder.mkdir()
    (folder / "good.csv").write_text("id,date,amount\nA,2026-01-05,5\n")
    (folder / "bad.csv").write_text("a,b\n1,2\n")
    refused = run(f"import {folder} --as sales")
    assert (refused.exit_code, "bad.csv: sales need a column for amount" in refused.stderr) == (2, True)


def test_a_stage_column_of_an_unknown_stage_names_the_file_and_what_adds_it(run, tmp_path, book):
    (tmp_path / "d.csv").write_text('id,title,stage,"entered:Demo given"\n1,T,Lead,2026-01-05\n')
    refused = run(f"import {tmp_path}/d.csv --as deals")
    known = "Lead, Qualified, Proposal, Negotiation, Won, Lost"
    said = f"d.csv: column entered:Demo given: no stage is called that; known: {known}"
    hint = "--new stages adds open ones; to leave that column out: --map 'entered:Demo given='"
    assert (refused.exit_code, refused.stderr) == (1, f"salestrack: {said}\nhint: {hint}\n")
    run(f"import {tmp_path}/d.csv --as deals --map 'entered:Demo given=' -n", ok=True)
    run(f"import {tmp_path}/d.csv --as deals --new stages", ok=True)

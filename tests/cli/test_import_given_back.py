"""Tables that say in words what was given back, and totals below their rows: neither is revenue."""

import pytest

MONEY = "SELECT kind, amount, tax FROM sales ORDER BY id"
ROWS = "date,customer,type,amount,tax\n2026-11-01,Ann,Sale,100,19\n2026-11-02,Ann,Refund,40,7.60\n2026-11-03,Bo,refund,-10,-1.90\n"
FLAGS = "id,date,Order status,amount,tax\n1,2026-11-01,paid,100,19\n2,2026-11-02,Refunded,40,7.60\n"


@pytest.fixture
def bring(tmp_path, book, run):
    """Return a call that imports a text as a file of sales."""

    def call(text: str, more: str = "--as sales --new customers,products"):
        (tmp_path / "x.csv").write_text(text)
        return run(f"import {tmp_path}/x.csv {more}")

    return call


def test_a_row_that_says_refund_and_brings_money_is_refused_with_both_ways_out(bring, rows):
    refused = bring(ROWS)
    said = "x.csv: line 3, type 'Refund': and the amount is above zero: --map kind=type takes the row as given back"
    assert (refused.exit_code, f"{said}, --map kind= as sold\n" in refused.stderr) == (1, True)
    assert "1 of 3 rows" in refused.stderr
    assert rows("SELECT count(*) FROM sales") == [["0"]]


def test_a_column_that_says_what_a_row_is_turns_the_amounts_of_refunds(bring, rows):
    assert bring(ROWS, "--as sales --new customers --map kind=type").exit_code == 0
    assert rows(MONEY) == [["sale", "10000", "1900"], ["refund", "-4000", "-760"], ["refund", "-1000", "-190"]]


def test_refunds_taken_as_sold_are_sales(bring, rows):
    assert bring(ROWS, "--as sales --new customers --map kind=").exit_code == 0
    assert rows("SELECT sum(amount) FROM sales") == [["13000"]]


def test_a_file_of_nothing_but_refunds_is_said_to_be_one(bring, rows):
    text = "date,product,price,quantity,gross,tax\n2026-11-01,Tee,,,119,19\n2026-11-02,Tee,10,2,,\n2026-11-03,Tee,10,-2,,\n"
    assert bring(text, "--as sales --new products --set kind=refund").exit_code == 0
    assert rows("SELECT kind, amount FROM sales ORDER BY id") == [
        ["refund", "-10000"],
        ["refund", "-2000"],
        ["refund", "-2000"],
    ]


def test_words_that_nobody_knows_are_given_a_meaning(bring, rows):
    text = "date,type,amount\n2026-11-01,Payout,100\n2026-11-02,RT,40\n"
    refused = bring(text, "--as sales --map kind=type")
    assert "type 'RT': is neither sale nor refund; say which: --value 'kind:RT=sale', or =refund" in refused.stderr
    bring(text, "--as sales --map kind=type --value kind:Payout=sale --value kind:RT=refund")
    assert rows("SELECT amount FROM sales ORDER BY id") == [["10000"], ["-4000"]]


def test_a_sale_that_was_refunded_later_is_a_sale_and_a_refund(bring, rows):
    refused = bring(FLAGS)
    command = "--map 'refunded_all=Order status'"
    assert (
        f"line 3, Order status 'Refunded': and the amount is above zero: {command} takes such a sale as"
        in refused.stderr
    )
    assert bring(FLAGS, f"--as sales {command}").exit_code == 0
    assert rows(MONEY) == [["sale", "10000", "1900"], ["sale", "4000", "760"], ["refund", "-4000", "-760"]]


def test_what_says_only_in_part_how_much_was_given_back_is_refused(bring):
    text = FLAGS.replace("Refunded", "partially refunded")
    said = "--value 'refunded_all:partially refunded=no', or =yes"
    assert said in bring(text, "--as sales --map 'refunded_all=Order status'").stderr


@pytest.mark.parametrize(("partly", "whole", "back"), [("5.95", "0", -595), ("0.00", "1", -11900), ("0.00", "0", None)])
def test_a_profile_has_a_flag_for_what_was_given_back_in_whole(bring, run, rows, tmp_path, partly, whole, back):
    columns = '[columns]\ndate = "Day"\ngross = "Sum"\ntax = "VAT"\nrefunded = "Partly"\nrefunded_all = "Whole"\n'
    (tmp_path / "shop.toml").write_text(
        f'kind = "sales"\nmatch = ["No", "Whole"]\nid = "No"\nonly_these = true\n{columns}'
    )
    run(f"profile save shop {tmp_path}/shop.toml", ok=True)
    for _ in range(2):  # the second time nothing is new
        bring(f"No,Day,Sum,VAT,Partly,Whole\n1,2026-11-01,119,19,{partly},{whole}\n", "")
    wanted = [] if back is None else [[str(back)]]
    assert rows("SELECT amount + tax FROM sales WHERE kind = 'refund'") == wanted


def test_orders_have_no_kind(bring):
    refused = bring("date,type,amount,ship\n2026-11-01,Sale,100,5\n", "--as sales --map kind=type --map shipping=ship")
    assert "kind is for rows that are a sale or a refund each, and these are orders" in refused.stderr


@pytest.mark.parametrize(
    "total", ["Total,,,140,", ",Summe:,,140,", ",,Grand Total,140 USD,", "Totals,,,\"1,140.00\",3", ",,,140,Gesamt"]
)  # fmt: skip
def test_a_row_with_a_word_for_totals_and_numbers_is_left_out(bring, rows, total):
    said = bring(f"date,customer,product,amount,other\n2026-11-01,Ann,Tee,100,x\n2026-11-02,Total,Tee,40,\n{total}\n")
    assert (
        said.exit_code,
        "2 new, 0 changed, 0 same, 1 left out" in said.stdout,
        "left out, a total: 1" in said.stdout,
    ) == (
        0,
        True,
        True,
    )
    assert rows("SELECT sum(amount) FROM sales") == [["14000"]]


@pytest.mark.parametrize("row", ["Total,Ann,,140,", "Total,,,140,for Bo", "Total,,,x,"])
def test_a_row_with_more_than_a_word_for_totals_stays_a_row(bring, row):
    refused = bring(f"date,customer,product,amount,other\n2026-11-01,Ann,Tee,100,x\n{row}\n")
    assert (refused.exit_code, "line 3, date 'Total'" in refused.stderr) == (1, True)


def test_without_days_nothing_is_taken_for_a_total(bring, rows):
    assert bring("customer,amount\nTotal,5\n", "--as sales --new customers --map date=").exit_code == 0
    assert rows("SELECT amount FROM sales") == [["500"]]


def test_totals_of_deals_are_left_out_too(bring, rows):
    said = bring("title,stage,created,amount\nX,Lead,2026-11-01,5\nTotal,,,5\n", "--as deals")
    assert (said.exit_code, "left out, a total: 1" in said.stdout) == (0, True)

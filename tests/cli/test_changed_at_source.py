"""What changed at the source against the seller: less given back, values gone, orders voided, rows edited by hand too."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ORDERS = (
    "Name,Financial Status,Email,Lineitem name,Lineitem quantity,Lineitem price,Total,Taxes,Refunded Amount,Paid at\n"
)


def order(name: str, *, status: str = "paid", back: str = "0.00", total: str = "30.00") -> str:
    return f"{name},{status},a@x.example,Mug,3,10.00,{total},0,{back},2026-03-01\n"


def shop(run: Run, *lines: str, words: str = "") -> dict[str, Any]:
    """Import orders of the shop and return the counts with all notes."""
    answer = json.loads(run(f"import - --profile shopify-orders {words} -f json", stdin=ORDERS + "".join(lines)).stdout)
    return {**answer["rows"][0], "notes": answer["notes"], "gone": answer["no_longer_in_file"]}


def less(file: str, book: str, mend: str) -> str:
    said = "less was given back at the source than the book has, which keeps its refunds"
    return f"{said}: #1 (s1) {file} USD, {book} USD in the book: {mend}"


def test_a_refund_that_shrinks_is_named_however_it_came(run: Run, rows: Any) -> None:
    for back in ("0.00", "5.00", "12.00"):
        shop(run, order("#1", back=back))
    before = rows("SELECT * FROM sales")
    for back, mend in (
        ("5.00", "salestrack rm s3"),
        ("9.00", "salestrack edit s3 --amount 4.00"),
        ("0.00", "salestrack show s1 names its refunds"),
        ("", "salestrack show s1 names its refunds"),
    ):
        for _ in range(2):
            found = shop(run, order("#1", back=back))
            assert found["notes"] == [less(f"{float(back or 0):.2f}", "12.00", mend)]
            assert (found["new"], found["changed"], found["same"]) == (0, 0, 1)
    assert rows("SELECT * FROM sales") == before
    assert shop(run, order("#1", back="12.00"))["notes"] == []


def test_a_refund_that_was_mended_by_hand_is_not_named_again(run: Run) -> None:
    for back in ("5.00", "12.00"):
        shop(run, order("#1", back=back))
    run("edit s3 --amount 4 -y", ok=True)
    found = shop(run, order("#1", back="9.00"))
    assert (found["notes"], found["new"]) == ([], 0)
    run("rm s3 -y", ok=True)
    assert shop(run, order("#1", back="5.00"))["notes"] == []
    assert shop(run, order("#1", back="12.00"))["new"] == 0, "it was removed by hand"


def test_an_order_that_was_voided_since_stays_is_named_and_is_not_gone(run: Run, rows: Any) -> None:
    second = order("#2") + "#2,,,Tee,1,1.00,,,,\n"
    shop(run, order("#1", back="5.00"), second, order("#3"))
    gone = shop(run, order("#1", status="voided"), second.replace("paid", "voided"), order("#3"), words="--full")
    note = "what is left out now came in before and is still in the book: s1, s2 (salestrack rm s1 --all)"
    assert gone["notes"] == [note]
    assert (gone["same"], gone["left_out"], gone["gone"]["count"]) == (1, 3, 0)
    run("rm s1 --all -y", ok=True)
    after = shop(run, order("#1", status="voided"), second.replace("paid", "voided"), order("#3"), words="--full")
    assert after["notes"] == [note.replace("s1, s2 (salestrack rm s1 --all)", "s2 (salestrack rm s2)")]
    assert rows("SELECT count(*) FROM sales") == [["2"]]


def test_rows_without_ids_that_are_left_out_now_are_found_among_their_equals(run: Run, tmp_path: Path) -> None:
    profile = tmp_path / "till.toml"
    profile.write_text(
        'about = "a till"\nkind = "sales"\nmatch = ["Tag", "Umsatz", "Zustand"]\n'
        '[columns]\ndate = "Tag"\namount = "Umsatz"\n'
        '[[leave_out]]\ncolumn = "Zustand"\nnot = "ok"\nwhy = "void"\n'
    )
    run(f"profile save till {profile}", ok=True)
    text = "Tag,Umsatz,Zustand\n2026-03-01,5,{}\n2026-03-01,5,ok\n2026-03-02,6,{}\n"
    run("import - --profile till", stdin=text.format("ok", "ok"), ok=True)
    answer = json.loads(run("import - --profile till --full -f json", stdin=text.format("no", "no"), ok=True).stdout)
    assert answer["no_longer_in_file"]["count"] == 0
    assert answer["notes"] == [
        "what is left out now came in before and is still in the book: s2, s3 (salestrack rm s2)"
    ]


DEALS = "id,title,customer,owner,stage,amount,note\n"


def bring(run: Run, text: str, *words: str) -> Any:
    return run(["import", "-", "--as", "deals", "--source", "crm", "--new", "customers", *words], stdin=DEALS + text)


def test_a_cell_that_became_blank_empties_nothing_and_is_named(run: Run, rows: Any) -> None:
    bring(run, "D1,One,Acme,Ana,Lead,100,hello\nD2,Two,Acme,Ana,Lead,200,\nD3,Three,Acme,,Lead,,\n")
    run("edit d3 --owner Ana -y", ok=True)
    before = rows("SELECT title, customer_id, owner_id, amount, note FROM deals")
    lost = "D1,One,Acme,,Lead,100,\nD2,Two,,Ana,Qualified,,\nD3,Three,Acme,,Qualified,,\n"
    result = bring(run, lost)
    assert "0 new, 2 changed, 1 same" in result.stdout
    note = "2 rows lost a value at the source; the book keeps it: d1 note, owner; d2 amount, customer\n"
    assert note in result.stderr, "nobody told the source who owns d3"
    assert rows("SELECT title, customer_id, owner_id, amount, note FROM deals") == before
    again = bring(run, lost)
    assert "0 new, 0 changed, 3 same" in again.stdout
    assert "1 row lost a value at the source; the book keeps it: d1 note, owner\n" in again.stderr
    full = bring(run, "D1,One,Acme,Ana,Lead,100,hello\nD2,Two,,Ana,Qualified,,\nD3,Three,Acme,,Qualified,,\n")
    assert "lost" not in full.stderr


def test_a_column_that_was_always_blank_lost_nothing(run: Run) -> None:
    bring(run, "D1,One,Acme,,Lead,100,\n")
    assert "lost" not in bring(run, "D1,One,Acme,,Lead,120,\n").stderr


def test_an_edit_by_hand_is_no_conflict_while_the_source_says_what_it_said(run: Run) -> None:
    rows = "D1,One,Acme,Ana,Lead,100,\nD2,Two,Acme,Ana,Lead,200,\n"
    bring(run, rows)
    run("edit d1 --amount 150 -y", ok=True)
    for text in (rows, rows.replace("100", "100.00")):
        result = bring(run, text, "--on-conflict", "fail")
        assert (result.exit_code, "edited by hand" in result.stdout) == (0, False)
    other = bring(run, rows, "--on-conflict", "fail", "--set", "campaign=spring")
    assert other.exit_code == 1, "a column of every row is new"
    assert "campaign of d1" in other.stderr
    assert "edited by hand" not in other.stderr


def test_what_changed_at_the_source_and_by_hand_is_told_once_and_refused_until_then(run: Run, rows: Any) -> None:
    text = "D1,One,Acme,Ana,Lead,100,\nD2,Two,Acme,Ana,Lead,200,\n"
    bring(run, text)
    run("edit d1 --amount 150 -y", ok=True)
    changed = text.replace("100", "120")
    for _ in range(2):
        refused = bring(run, changed, "--on-conflict", "fail")
        assert refused.exit_code == 1
        assert "line 2: changed since its last import: amount of d1, edited by hand too" in refused.stderr
    assert "1 kept as edited by hand: d1 amount" in bring(run, changed).stdout
    for words in ((), ("--on-conflict", "fail")):
        again = bring(run, changed, *words)
        assert (again.exit_code, "kept" in again.stdout, "0 changed, 2 same" in again.stdout) == (0, False, True)
    assert rows("SELECT amount FROM deals WHERE id = 1") == [["15000"]]
    assert "kept 1 deal as edited by hand" in run("history", ok=True).stdout
    run("undo", ok=True)
    assert bring(run, changed, "--on-conflict", "fail").exit_code == 1


def test_each_vendors_last_file_says_what_is_gone(run: Run, tmp_path: Path) -> None:
    for name, profile in (("shop", "one"), ("other", "two")):
        (tmp_path / f"{name}.toml").write_text(
            f'about = "x"\nsource = "{profile}"\nkind = "sales"\nid = "No"\nmatch = ["No", "{profile}"]\n'
            f'[columns]\ndate = "Day"\namount = "{profile}"\n'
        )
        run(f"profile save {profile} {tmp_path}/{name}.toml", ok=True)
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file, profile in zip(files, ("one", "two"), strict=True):
        file.write_text(f"No,Day,{profile}\n1,2026-03-01,5\n2,2026-03-02,6\n")
    line = f"import {files[0]} {files[1]} --full"
    assert run(line, ok=True).stdout.count("0 no longer in the file") == 2
    files[0].write_text("No,Day,one\n1,2026-03-01,5\n")
    said = run(line, ok=True).stdout
    assert "1 no longer in the file: s2" in said
    assert "0 no longer in the file" in said


@pytest.mark.parametrize(
    ("currency", "cell", "decimal", "minor"),
    [
        ("KWD", "1.234,500", ",", "1234500"),
        ("KWD", "1.234", ",", "1234000"),
        ("KWD", "1.234", ".", "1234"),
        ("KWD", "0,500", ",", "500"),
        ("KWD", "12,5", ",", "12500"),
        ("JPY", "1.234", ",", "1234"),
        ("JPY", "1,234", ".", "1234"),
        ("JPY", "1200.00", ".", "1200"),
        ("JPY", "1200.00", ",", "1200"),
        ("JPY", "1.200,00", ".", "1200"),
        ("JPY", "¥1,200.0", ".", "1200"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(
    run: Run, rows: Any, currency: str, cell: str, decimal: str, minor: str
) -> None:
    text = f"date;currency;amount\n2026-03-01;{currency};{cell}\n"
    run(f"import - --as sales --decimal {decimal}", stdin=text, ok=True)
    assert rows("SELECT amount, currency FROM sales") == [[minor, currency]]


@pytest.mark.parametrize(
    ("currency", "cell", "decimal"),
    [
        ("JPY", "1.234", "."),
        ("JPY", "1,234", ","),
        ("JPY", "1.234,500", ","),
        ("JPY", "1200.50", "."),
        ("JPY", "1200.000", "."),
        ("KWD", "12.5", ","),
        ("KWD", "1.2345", "."),
    ],
)
def test_what_has_two_readings_is_refused(run: Run, currency: str, cell: str, decimal: str) -> None:
    text = f"date;currency;amount\n2026-03-01;{currency};{cell}\n"
    refused = run(f"import - --as sales --decimal {decimal}", stdin=text)
    assert refused.exit_code == 1
    assert f"line 2, amount '{cell}'" in refused.stderr


def test_cents_are_the_smallest_unit_of_each_currency_and_discounts_are_in_them_too(run: Run, rows: Any) -> None:
    text = "date,currency,price,quantity,discount\n"
    text += "".join(f"2026-03-01,{code},1000,2,300\n" for code in ("USD", "JPY", "KWD"))
    run("import - --as sales --cents", stdin=text, ok=True)
    assert rows("SELECT amount, currency FROM sales") == [["1700", "USD"], ["1700", "JPY"], ["1700", "KWD"]]
    refused = run("import - --as sales --cents", stdin="date,currency,amount\n2026-03-01,JPY,12.00\n")
    assert "is not a whole number of cents: JPY has no smaller unit; write 1200 for 1200 JPY" in refused.stderr


def test_orders_of_another_shop_are_refused_and_told_how_to_come_in(run: Run, rows: Any) -> None:
    shop(run, order("#1"), order("#2"))
    other = ORDERS + order("#1").replace("a@x", "b@y").replace("2026-03-01", "2026-06-01") + order("#2")
    before = rows("SELECT * FROM sales")
    refused = run("import - --profile shopify-orders", stdin=other)
    assert refused.exit_code == 1
    assert (
        "line 2, Name '#1': is another order in the book: s1 of 2026-03-01, a@x.example; if this is another shop, name it: "
        "--source NAME; if it did change: --on-conflict update\n" in refused.stderr
    )
    assert "1 of 2 rows cannot go in" in refused.stderr
    assert rows("SELECT * FROM sales") == before
    run("import - --profile shopify-orders --source other", stdin=other, ok=True)
    assert rows("SELECT count(*) FROM sales") == [["4"]]
    run("undo", ok=True)
    run("import - --profile shopify-orders --on-conflict update", stdin=other, ok=True)
    assert rows("SELECT on_date FROM sales WHERE id = 1") == [["2026-06-01"]]
    assert "0 new, 0 changed, 2 same" in run("import - --profile shopify-orders", stdin=other, ok=True).stdout


def test_an_order_with_another_buyer_amount_and_products_is_another_one_on_the_same_day_too(run: Run) -> None:
    shop(run, order("#1"))
    other = order("#1", total="60.00").replace("a@x", "b@y").replace("10.00", "20.00")
    assert shop(run, other)["changed"] == 1, "the same product"
    assert run("undo", ok=True)
    refused = run("import - --profile shopify-orders", stdin=ORDERS + other.replace("Mug", "Hat"))
    assert "#1': is another order in the book" in refused.stderr


def test_an_order_of_nobody_is_another_one_where_day_amount_and_products_differ(run: Run) -> None:
    def anonymous(text: str) -> str:
        return text.replace("a@x.example", "")

    shop(run, anonymous(order("#1")))
    assert shop(run, anonymous(order("#1", total="33.00").replace("03-01", "03-02")))["changed"] == 1
    other = anonymous(order("#1").replace("03-01", "03-07").replace("Mug", "Hat"))
    refused = run("import - --profile shopify-orders", stdin=ORDERS + other)
    assert "is another order in the book: s1 of 2026-03-02; if" in refused.stderr


def test_a_person_who_changed_day_and_customer_makes_no_order_another_one(run: Run, rows: Any) -> None:
    shop(run, order("#1"))
    run("customer add Bea", ok=True)
    run("sale edit s1 --customer Bea -d 2026-03-05 -y", ok=True)
    assert shop(run, order("#1", total="33.00"))["changed"] == 1
    assert rows("SELECT on_date FROM sales") == [["2026-03-05"]]


def test_a_deal_is_another_one_where_title_and_customer_differ(run: Run) -> None:
    bring(run, "D1,One,Acme,Ana,Lead,100,\nD2,Two,Acme,Ana,Lead,200,\n")
    assert "2 changed" in bring(run, "D1,Uno,Acme,Ana,Lead,100,\nD2,Two,Bob,Ana,Lead,200,\n").stdout
    refused = bring(run, "D1,Roof,Cara,Ana,Lead,100,\n")
    assert refused.exit_code == 1
    assert (
        "line 2, id 'D1': is another deal in the book: d1 Uno, Acme; if this is another system, name it: --source NAME; "
        "if it did change: --on-conflict update" in refused.stderr
    )
    assert "1 changed" in bring(run, "D1,Roof,Cara,Ana,Lead,100,\n", "--on-conflict", "update").stdout


def test_what_changed_is_named_in_the_first_records_and_the_rest_is_counted(run: Run) -> None:
    text = "".join(f"D{n},Deal {n},Acme,Ana,Lead,{n}00,\n" for n in range(1, 9))
    bring(run, text)
    once = bring(run, text.replace("Lead,100,", "Qualified,120,x").replace("700", "701"))
    assert " · changed: d1 amount, note, stage; d7 amount · undo" in once.stdout
    many = bring(run, text.replace("Acme", "Bob"))
    first = "; ".join(f"d{n} customer" for n in (2, 3, 4, 5))
    assert " · changed: d1 amount, customer, stage; " + first + "; and 3 more (salestrack show o4) · " in many.stdout
    assert "customer Acme -> Bob (d1, d2, d3 and 5 more)" in run("show o4", ok=True).stdout
    rehearsed = bring(run, text.replace("Acme", "Cara"), "-n")
    assert "; and 3 more\n" in rehearsed.stdout + rehearsed.stderr


def test_the_hint_of_a_refused_change_says_what_stays_as_edited(run: Run) -> None:
    bring(run, "D1,One,Acme,Ana,Lead,100,\n")
    changed = "D1,One,Acme,Ana,Lead,120,x\n"
    usual = "hint: --on-conflict update takes what the file says, skip leaves them\n"
    assert usual in bring(run, changed, "--on-conflict", "fail").stderr
    run("edit d1 --amount 150 -y", ok=True)
    hint = "hint: --on-conflict update takes what the file says, but for what was edited by hand; skip leaves them\n"
    assert hint in bring(run, changed, "--on-conflict", "fail").stderr

"""The seller's own fields at the command line: in every record, list, report and file, each figure computed apart."""

import csv
import io
import json
import shutil
from collections import defaultdict
from decimal import Decimal
from itertools import product

import pytest
from tests.conftest import NOW, run_line

SIZES = ["40", "1200.5", None, "7", "40", "100"]
TIERS = ["gold", "silver", None]


def make_book(run):
    for line in (
        "field add customer size number", "field add customer vip yes/no", "field add deal tier choice silver gold",
        "field add deal fee money", "field add deal signed date", "field add sale tier choice silver gold",
        "field add sale basket number",
    ):  # fmt: skip
        run(line)
    for number, size in enumerate(SIZES):
        vip = f"--field vip={'yes' if number % 2 else 'no'}" if number < 5 else ""
        run(f"customer add Firm{number} {f'--field size={size}' if size else ''} {vip}")
    for number, (firm, tier) in enumerate(product(range(6), TIERS), start=1):
        fields = f"--field tier={tier} " if tier else ""
        fields += f"--field fee={number}.50{'eur' if number % 3 == 0 else ''} " if number % 2 else ""
        fields += f"--field signed=2026-0{number % 3 + 1}-1{number % 5} " if number % 4 else ""
        run(f"deal add {number * 100} Firm{firm} Work{number} -d 2026-01-0{number % 9 + 1} {fields}")
        if number % 3:
            how = "won" if number % 2 else "lost"
            run(f"{how} d{number} {'' if number % 2 else 'price --new-reason'} -d 2026-02-1{number % 9}")
    run("sell 30 Firm0 Extra -d 2026-02-20 --field tier=gold --field basket=3")
    run("sell 12 Firm2 Extra -d 2026-02-21")
    run("refund s1 10 -d 2026-02-25")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Make, once, a book of six customers with sizes and of deals, sales and a refund with tiers."""
    folder = tmp_path_factory.mktemp("fields")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("SALESTRACK_DB", str(folder / "sales.db"))
        patch.setenv("SALESTRACK_TODAY", NOW.isoformat())

        def call(line):
            result = run_line(line)
            assert result.exit_code == 0, f"{line}\n{result.stderr}"

        call("init --currency USD")
        make_book(call)
    return folder / "sales.db"


@pytest.fixture
def book_of_deals(template, book, run):
    """Return the runner on a copy of that book."""
    shutil.copy(template, book)
    return run


def rows_of(run, line):
    return list(csv.DictReader(io.StringIO(run(f"{line} -f csv", ok=True).stdout)))


def ids_of(run, line):
    return run(f"{line} -f ids", ok=True).stdout.split()


def deals_with_customers(run):
    sizes = {row["name"]: row for row in rows_of(run, "customer list")}
    return [
        row | {"field:size": sizes[row["customer"]]["field:size"], "field:vip": sizes[row["customer"]]["field:vip"]}
        for row in rows_of(run, "deal list")
    ]


def number(text):
    return Decimal(text) if text else None


def money(text):
    amount, _, currency = text.partition(" ")
    return (Decimal(amount), currency) if text else (None, None)


@pytest.mark.parametrize(
    ("option", "holds"),
    [
        ("tier=gold", lambda r: r["field:tier"] == "gold"),
        ("TIER=g", lambda r: r["field:tier"] == "gold"),
        ("tier=", lambda r: not r["field:tier"]),
        ("tier!=", lambda r: bool(r["field:tier"])),
        ("tier!=gold", lambda r: r["field:tier"] != "gold"),
        ("size=40.0", lambda r: number(r["field:size"]) == 40),
        ("size>40", lambda r: r["field:size"] and number(r["field:size"]) > 40),
        ("size<=40", lambda r: r["field:size"] and number(r["field:size"]) <= 40),
        ("size=10..100", lambda r: r["field:size"] and 10 <= number(r["field:size"]) <= 100),
        ("size=..40", lambda r: r["field:size"] and number(r["field:size"]) <= 40),
        ("size!=40", lambda r: number(r["field:size"]) != 40),
        ("size=", lambda r: not r["field:size"]),
        ("size=-", lambda r: not r["field:size"]),
        ("customer.size=7", lambda r: number(r["field:size"]) == 7),
        ("vip=y", lambda r: r["field:vip"] == "true"),
        ("vip=no", lambda r: r["field:vip"] == "false"),
        ("vip!=yes", lambda r: r["field:vip"] != "true"),
        ("fee=5.50", lambda r: money(r["field:fee"]) == (Decimal("5.5"), "USD")),
        ("fee>5", lambda r: money(r["field:fee"])[1] == "USD" and money(r["field:fee"])[0] > 5),
        ("fee>=9.50eur", lambda r: money(r["field:fee"])[1] == "EUR" and money(r["field:fee"])[0] >= Decimal("9.5")),
        ("signed=2026-02", lambda r: r["field:signed"][:7] == "2026-02"),
        ("signed=2026Q1", lambda r: bool(r["field:signed"])),
        ("signed>2026-02-11", lambda r: r["field:signed"] > "2026-02-11"),
        ("signed<2026-02", lambda r: "" < r["field:signed"] < "2026-02-01"),
        ("signed!=2026-02-11", lambda r: r["field:signed"] != "2026-02-11"),
        ("signed=", lambda r: not r["field:signed"]),
    ],
)  # fmt: skip
def test_a_filter_lets_through_what_plain_python_finds_in_the_list(book_of_deals, option, holds):
    expected = sorted(row["id"] for row in deals_with_customers(book_of_deals) if holds(row))
    assert sorted(ids_of(book_of_deals, f"deal list --field '{option}'")) == expected
    assert 0 < len(expected) < 18


def test_equal_values_of_one_field_are_alternatives_and_everything_else_holds_together(book_of_deals):
    run = book_of_deals
    both = ids_of(run, "deal list --field tier=gold --field tier=silver")
    assert sorted(both) == sorted(
        [*ids_of(run, "deal list --field tier=gold"), *ids_of(run, "deal list --field tier=silver")]
    )
    narrowed = ids_of(run, "deal list --field tier=gold --field 'size>10' --field 'size<50'")
    assert set(narrowed) == {
        r["id"] for r in deals_with_customers(run) if r["field:tier"] == "gold" and r["field:size"] == "40"
    }


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    ("name", "key"), [("size", number), ("fee", None), ("signed", str), ("tier", ["silver", "gold"].index)]
)
def test_a_list_is_put_in_the_order_of_a_field_with_what_has_none_at_the_end(book_of_deals, name, key, sign):
    listed = deals_with_customers(book_of_deals)
    key = key or (lambda text: money(text)[0])
    having = sorted((key(row[f"field:{name}"]) for row in listed if row[f"field:{name}"]), reverse=bool(sign))
    ordered = ids_of(book_of_deals, f"deal list --sort {sign}field:{name}")
    by_id = {row["id"]: row[f"field:{name}"] for row in listed}
    found = [by_id[ref] for ref in ordered]
    assert [key(text) for text in found if text] == having
    assert found == [text for text in found if text] + [""] * found.count("")


def expected_revenue(run, name):
    """Add up revenue by a field from the lists: won deals, and sales of no deal; a refund has its sale's tier."""
    found = defaultdict(lambda: [Decimal(0), 0, 0])
    for row in deals_with_customers(run):
        if row["status"] == "won":
            found[row[f"field:{name}"] or None][0] += Decimal(row["amount"])
            found[row[f"field:{name}"] or None][1] += 1
    sizes = {row["name"]: row["field:size"] for row in rows_of(run, "customer list")}
    tiers = {row["id"]: row["field:tier"] for row in rows_of(run, "sale list")}
    for row in rows_of(run, "sale list"):
        key = sizes[row["customer"]] if name == "size" else tiers[row["refund_of"] or row["id"]]
        found[key or None][0] += Decimal(row["amount"])
        found[key or None][2 if row["kind"] == "refund" else 1] += 1
    return {key: tuple(values) for key, values in found.items()}


@pytest.mark.parametrize("name", ["size", "tier"])
def test_revenue_by_a_field_is_what_the_rows_of_the_lists_come_to_and_foots(book_of_deals, name):
    report = json.loads(book_of_deals(f"report revenue 2026-02 --by field:{name} -f json", ok=True).stdout)
    rows = {row["key"]: (Decimal(row["amount"]["amount"]), row["sales"], row["refunds"]) for row in report["rows"]}
    assert rows == expected_revenue(book_of_deals, name)
    totals = report["totals"]
    assert [sum(parts) for parts in zip(*rows.values(), strict=True)] == [
        Decimal(totals["amount"]["amount"]),
        totals["sales"],
        totals["refunds"],
    ]
    whole = json.loads(book_of_deals("report revenue 2026-02 -f json", ok=True).stdout)["totals"]
    assert whole["amount"] == totals["amount"]


@pytest.mark.parametrize("name", ["size", "tier", "vip", "fee"])
def test_wins_and_losses_by_a_field_are_what_the_list_of_deals_holds(book_of_deals, name):
    report = json.loads(book_of_deals(f"report winloss 2026-02 --by field:{name} -f json", ok=True).stdout)
    counts = defaultdict(lambda: [0, 0])
    for row in deals_with_customers(book_of_deals):
        if row["status"] != "open":
            value = row[f"field:{name}"]
            key = {"true": "yes", "false": "no"}.get(value, value) or None
            counts[key][row["status"] == "lost"] += 1
    assert {row["key"]: [row["won"], row["lost"]] for row in report["rows"]} == counts
    assert report["totals"]["won"] == sum(won for won, _ in counts.values())
    if name == "size":
        cycle = json.loads(book_of_deals("report cycle 2026-02 --by field:size -f json", ok=True).stdout)
        assert [row["key"] for row in cycle["rows"]] == ["7", "40", "100", "1200.5", None]


def test_revenue_narrowed_by_a_field_is_its_row_of_the_split(book_of_deals):
    run = book_of_deals
    split = json.loads(run("report revenue 2026-02 --by field:size -f json", ok=True).stdout)["rows"]
    for row in split:
        option = f"size={row['key'] or ''}"
        narrowed = json.loads(run(f"report revenue 2026-02 --field {option} -f json", ok=True).stdout)["totals"]
        assert narrowed["amount"] == row["amount"]
    basket = json.loads(run("report revenue 2026-02 --field basket=3 -f json", ok=True).stdout)["totals"]
    assert basket["amount"]["amount"] == "20.00"
    for tier in ("gold", "silver", ""):
        narrowed = json.loads(run(f"report revenue 2026-02 --field tier={tier} -f json", ok=True).stdout)["totals"]
        by = json.loads(run("report revenue 2026-02 --by field:tier -f json", ok=True).stdout)["rows"]
        assert narrowed["amount"] == next(row["amount"] for row in by if row["key"] == (tier or None))


def test_a_past_day_is_split_and_narrowed_by_the_fields_of_today(book_of_deals):
    run = book_of_deals
    now = json.loads(run("report revenue 2026-02 --by field:size -f json", ok=True).stdout)
    then = json.loads(run("report revenue 2026-02 --by field:size --as-of 2026-03-10 -f json", ok=True).stdout)
    assert then["rows"] == now["rows"]
    run("report pipeline --as-of 2026-01-20 --field tier=gold --field size=40", ok=True)
    run("report winloss 2026-02 --by field:tier --as-of 2026-03-10", ok=True)


def test_every_report_takes_a_customers_field(book_of_deals):
    for name in ("summary", "pipeline", "conversion", "winloss", "cycle", "revenue", "activity", "slipping"):
        book_of_deals(f"report {name} --field size=40", ok=True)


def test_every_report_takes_a_deals_field(book_of_deals):
    for name in ("summary", "pipeline", "conversion", "winloss", "cycle", "revenue", "activity", "slipping"):
        book_of_deals(f"report {name} --field fee= --field deal.tier=gold", ok=True)
    book_of_deals("today --field deal.tier=gold", ok=True)


def test_explain_shows_the_field_that_split(book_of_deals):
    shown = book_of_deals("report revenue 2026-02 --by field:tier --explain", ok=True).stdout
    assert "json_extract(fd.fields, :field)" in shown
    assert '$."tier"' in shown


@pytest.mark.parametrize(
    ("line", "code", "said", "hint"),
    [
        (
            "deal list --field teir=gold",
            4,
            "there is no field 'teir'",
            "did you mean tier? otherwise: salestrack field add RECORD NAME TYPE",
        ),
        ("deal list --field tier=glod", 4, "tier 'glod' is none of silver, gold", "did you mean gold?"),
        ("deal list --field size=big", 2, "size 'big' is not a number", "write it like 40, 2.5 or 1,200"),
        (
            "report revenue --by field:teir",
            4,
            "there is no field 'teir'",
            "did you mean tier? otherwise: salestrack field add deal teir text",
        ),
        (
            "deal list --sort field:sise",
            4,
            "there is no field 'sise'",
            "did you mean size? otherwise: salestrack field add deal sise text",
        ),
        (
            "customer list --field tier=gold",
            2,
            "customers cannot be narrowed by --field tier",
            "it is a field of deals and sales",
        ),
        ("deal list --field basket=3", 2, "deals cannot be narrowed by --field basket", "it is a field of sales"),
        ("quota list --field size=40", 2, "quotas cannot be narrowed by --field", None),
    ],
)
def test_a_field_or_value_that_is_not_known_is_an_error_with_a_suggestion(book_of_deals, line, code, said, hint):
    result = book_of_deals(line)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert hint is None or f"hint: {hint}" in result.stderr


def test_json_always_has_the_fields_and_csv_a_column_each(run):
    run("deal add 100 Acme Website --new", ok=True)
    assert json.loads(run("deal list -f json", ok=True).stdout)["rows"][0]["fields"] == {}
    for name, kind in (("size", "number"), ("fee", "money"), ("vip", "yesno"), ("begun", "date")):
        run(f"field add deal {name} {kind}", ok=True)
    empty = json.loads(run("deal list -f json", ok=True).stdout)["rows"][0]["fields"]
    assert empty == {"size": None, "fee": None, "vip": None, "begun": None}
    assert "size" not in run("deal list", ok=True).stdout
    run("deal add 200 Acme Shop --field size=2.5 --field fee=10eur --field vip=no --field begun=2026-01-02", ok=True)
    assert json.loads(run("deal list -f json", ok=True).stdout)["rows"][1]["fields"] == {
        "size": 2.5, "fee": {"amount": "10.00", "minor": 1000, "currency": "EUR"}, "vip": False, "begun": "2026-01-02",
    }  # fmt: skip
    row = rows_of(run, "deal list")[1]
    assert [row[f"field:{name}"] for name in ("size", "fee", "vip", "begun")] == [
        "2.5",
        "10.00 EUR",
        "false",
        "2026-01-02",
    ]
    assert "size" in run("deal list", ok=True).stdout


def test_every_record_takes_fields_when_it_is_made(run, rows):
    for record in ("customer", "contact", "deal", "sale", "activity", "product"):
        run(f"field add {record} colour text", ok=True)
    said = [
        run(line, ok=True).stdout
        for line in (
            "customer add Acme --field colour=red", "contact add Ann acme --field colour=red", "product add Build 100 --field colour=red",
            "deal add 100 acme Website --field colour=red", "sell 50 acme --field colour=red", "log call acme hello --field colour=red",
            "plan call acme +3d --field colour=red",
        )
    ]  # fmt: skip
    assert all("colour red" in line for line in said)
    for table, count in (
        ("customers", 1),
        ("contacts", 1),
        ("products", 1),
        ("deals", 1),
        ("sales", 1),
        ("activities", 2),
    ):
        assert rows(f"SELECT fields FROM {table}") == [['{"colour": "red"}']] * count


def test_what_export_like_lists_write_is_read_back_by_an_import(book_of_deals, tmp_path):
    run = book_of_deals
    listed = run("customer list -f csv", ok=True).stdout
    (tmp_path / "customers.csv").write_text(listed)
    run(["import", str(tmp_path / "customers.csv"), "--as", "customers"], ok=True)
    assert run("customer list -f csv", ok=True).stdout == listed


def test_owners_have_fields_and_what_is_theirs_is_split_and_narrowed_by_them(run):
    run("field add owner region choice north south", ok=True)
    assert "region north" in run("owner add Ana --field region=north", ok=True).stdout
    run("owner add Ben", ok=True)
    assert "region south" in run("owner edit Ben --field region=s", ok=True).stdout
    for number, owner in enumerate(("Ana", "Ben", "Ana"), start=1):
        run(f"deal add {number * 100} Firm{number} Work --new --owner {owner}", ok=True)
        run(f"won d{number}", ok=True)
    report = json.loads(run("report revenue month --by field:region -f json", ok=True).stdout)
    assert {row["key"]: row["amount"]["amount"] for row in report["rows"]} == {"north": "400.00", "south": "200.00"}
    assert ids_of(run, "deal list --field region=north") == ["d1", "d3"]
    run("report pipeline --as-of 2026-03-17 --field region=north", ok=True)
    assert json.loads(run("owner list -f json", ok=True).stdout)["rows"][0]["fields"] == {"region": "north"}
    assert run("owner edit Ben --field region=-", ok=True).exit_code == 0
    assert ids_of(run, "deal list --field region=") == ["d2"]


def test_a_split_by_tags_overlaps_and_its_total_counts_a_deal_once(run):
    for words in ("100 Acme One -t hot -t big", "200 Acme Two -t hot", "400 Acme Three"):
        run(f"deal add {words} --new", ok=True)
    for number in (1, 2, 3):
        run(f"won d{number}", ok=True)
    report = json.loads(run("report revenue month --by tag -f json", ok=True).stdout)
    assert {row["key"]: row["amount"]["amount"] for row in report["rows"]} == {
        "hot": "300.00",
        "big": "100.00",
        None: "400.00",
    }
    assert (report["totals"]["amount"]["amount"], report["totals"]["sales"]) == ("700.00", 3)
    assert "overlap" in run("report revenue month --by tag", ok=True).stdout
    assert ids_of(run, "deal list --tag hot --tag big") == ["d1", "d2"]
    for line in ("sell 5 acme -t paid", "customer add Best -t key", "log call acme -t warm"):
        run(line, ok=True)
    assert [ids_of(run, f"{kind} list --tag {tag}") for kind, tag in (("sale", "paid"), ("customer", "key"), ("activity", "warm"))] == [
        ["s1"], ["c2"], ["a1"],
    ]  # fmt: skip


def test_amounts_of_several_currencies_stand_in_one_row_of_a_file(run):
    for name in ("fee", "budget"):
        run(f"field add customer {name} money", ok=True)
    run("customer add Acme --field fee=10eur --field budget=2000", ok=True)
    row = rows_of(run, "customer list")[0]
    assert (row["field:fee"], row["field:budget"]) == ("10.00 EUR", "2000.00 USD")
    assert "10.00 EUR" in run("customer list", ok=True).stdout


def test_names_of_fields_may_hold_what_headers_hold(run):
    for name in ("Deal size (k€)", "2026", "No.", "it's"):
        run(["field", "add", "deal", name, "text"], ok=True)
        run(["deal", "add", "100", "Acme", "Work", "--new", "--field", f"{name}=a b"], ok=True)
        assert (
            len(ids_of(run, "deal list"))
            == len(run(["deal", "list", "--field", f"{name}=", "-f", "ids"]).stdout.split()) + 1
        )
        assert len(run(["deal", "list", "--field", f"{name}=A B", "-f", "ids"], ok=True).stdout.split()) == 1
        run(["deal", "list", "--sort", f"field:{name}"], ok=True)
        run(["report", "cycle", "--by", f"field:{name}"], ok=True)
    run(["field", "edit", "deal", "2026", "--name", "it was 2026"], ok=True)
    assert run(["deal", "list", "--field", "it was 2026=a b", "-f", "ids"], ok=True).stdout == "d2\n"


def test_changing_or_retiring_an_unknown_field_points_to_the_list(run):
    run("field add deal size number", ok=True)
    for line in ("field edit customer size --name x", "field rm customer size", "field rm deal colour"):
        refused = run(line)
        assert (refused.exit_code, refused.stderr.splitlines()[1]) == (4, "hint: salestrack field list shows them")
    assert "did you mean size? otherwise: salestrack field list" in run("field rm deal sise").stderr

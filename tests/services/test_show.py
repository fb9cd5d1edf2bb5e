"""Pages: what is on them, in which numbers, and that none of them reads a table from end to end."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salestrack.domain.dates import Words
from salestrack.services.show import find_pages
from salestrack.store import Store

Run = Callable[..., Any]
TODAY = date(2026, 3, 18)
BIG = {"deals", "activities", "sales", "customers", "contacts", "deal_lines", "sale_lines", "deal_history", "journal"}


@pytest.fixture
def filled(run: Run) -> Run:
    for line in (
        "customer add Acme --alias ac --email hi@acme.example --phone 0305550123 --segment agency -t vip",
        "contact add 'Jane Doe' acme --phone 0305550199 --email jane@acme.example",
        "product add Build 2500",
        "deal add 12000 acme Website -d 2026-02-20 --close 2026-03-31 --product 3xBuild -t big --source referral",
        "move d1 qualified -d 2026-03-01",
        "move d1 proposal -d 2026-03-09",
        "push d1 2026-04-15",
        "log call acme 'sent the proposal' --for 20 --next +2d",
        "sell 3000 acme Deposit --deal d1 --tax 19",
        "deal add 500 acme Logo -d 2026-01-10",
        "won d2 -d 2026-02-10",
        "deal add 900 acme Shop -d 2026-01-10",
        "lost d3 price -d 2026-02-11",
        "sell 350 acme Cards -d 2025-12-01",
        "refund s2 50",
        "quota set 20000 2026-03",
    ):
        run(line, ok=True)
    return run


def shown(run: Run, ref: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(run(f"show {ref} -f json", ok=True).stdout)
    return data


def test_a_deal_says_where_it_stands_how_it_came_there_and_what_is_left_to_bill(filled: Run) -> None:
    data = shown(filled, "d1")
    row = data["rows"][0]
    assert (row["stage"], row["days_in_stage"], row["age_days"], row["probability"]) == ("Proposal", 9, 26, 50)
    assert (row["billed"]["amount"], row["to_bill"]["amount"]) == ("3000.00", "9000.00")
    assert [step["what"] for step in data["history"]] == [
        "in Lead, 12,000.00 USD, close 2026-03-31",
        "Lead -> Qualified after 9 days",
        "Qualified -> Proposal after 8 days",
        "pushed 2026-03-31 -> 2026-04-15",
    ]
    assert [step["id"] for step in data["activities"]] == ["a2", "a1"]
    assert [sale["id"] for sale in data["sales"]] == ["s1"]


def test_a_customer_stands_on_one_page_with_sums_that_the_reports_give_too(filled: Run) -> None:
    row = shown(filled, "acme")["rows"][0]
    assert (row["open_deals"], row["won_deals"], row["lost_deals"]) == (1, 1, 1)
    assert (row["won_amount"]["amount"], row["lost_amount"]["amount"]) == ("500.00", "900.00")
    report = json.loads(filled("report revenue all --customer acme -f json", ok=True).stdout)
    assert row["revenue"] == report["totals"]["amount"]
    assert row["revenue_this_year"]["amount"] == "450.00"
    assert row["last_contact"] == "2026-03-18"
    assert len(filled("show acme", ok=True).stdout.splitlines()) <= 40


@pytest.mark.parametrize(
    ("ref", "kind", "holds"),
    [
        ("c1", "customer", "Also known as  ac"),
        ("n1", "contact", "jane@acme.example"),
        ("d1", "deal", "Next step  a2 call Fri 2026-03-20, in 2 days"),
        ("s1", "sale", "Gross       3,570.00 USD"),
        ("s2", "sale", "Refunded  50.00 USD, 300.00 USD left"),
        ("s3", "sale", "Refund of  s2"),
        ("a1", "activity", "Lasted    20 min"),
        ("p1", "product", "List price  2,500.00 USD"),
        ("q1", "quota", "Target     20,000.00 USD"),
        ("o6", "operation", "stage Lead -> Qualified on 2026-03-01"),
    ],
)
def test_every_kind_of_record_has_a_page(filled: Run, ref: str, kind: str, holds: str) -> None:
    assert shown(filled, ref)["schema"] == f"salestrack/{kind}@1"
    assert re.sub(" +", " ", holds) in re.sub(" +", " ", filled(f"show {ref}", ok=True).stdout)


def test_a_product_says_what_was_sold_of_it(filled: Run) -> None:
    filled("won d1", ok=True)
    row = shown(filled, "p1")["rows"][0]
    assert (row["deal_lines"], row["deal_amount"]["amount"]) == (1, "12000.00")


def test_a_quota_says_what_its_report_says(filled: Run) -> None:
    report = json.loads(filled("report quota 2026-03 -f json", ok=True).stdout)["rows"][0]
    row = shown(filled, "q1")["rows"][0]
    assert (row["actual"], row["attainment"], row["status"]) == (
        report["actual"],
        report["attainment"],
        report["status"],
    )


def test_an_import_has_a_page_with_its_counts(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("name\nOak\nElm\n")
    filled(["import", str(file), "--as", "customers"], ok=True)
    row = shown(filled, "i1")["rows"][0]
    assert (row["read"], row["new"], row["still_there"]) == (2, 2, {"customers": 2})
    assert filled("show i9").exit_code == 4


def test_several_records_make_one_document_for_a_colleague(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "handover.md"
    filled(["show", "d1,2", "acme", "-o", str(file)], ok=True)
    text = file.read_text()
    titles = [line for line in text.splitlines() if line.startswith("### ")]
    assert titles == ["### d1 Website", "### d2 Logo", "### c1 Acme"]
    data = json.loads(filled("show d1 2-3 -f json", ok=True).stdout)
    assert [part["rows"][0]["id"] for part in data["parts"]] == ["d1", "d2", "d3"]
    assert "<h2>d1 Website</h2>" in filled("show d1 d2 -f html", ok=True).stdout


def test_a_merged_customer_is_shown_as_the_one_that_it_became(filled: Run) -> None:
    filled("customer add 'Old Name Ltd'", ok=True)
    filled("customer merge acme c2 -y", ok=True)
    out = filled("show c2", ok=True).stdout
    assert out.startswith("c1 Acme\n")
    assert "c2 became c1" in out


def test_an_owner_is_named_once_there_are_two(filled: Run) -> None:
    filled("owner add Ana", ok=True)
    filled("deal edit d1 --owner Ana", ok=True)
    assert "Owner" not in filled("show d1", ok=True).stdout
    filled("owner add Bo", ok=True)
    assert "Owner      Ana" in filled("show d1", ok=True).stdout


def test_amounts_are_written_as_the_person_writes_them(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTRACK_DECIMAL", ",")
    assert "12.000,00 USD" in filled("show d1", ok=True).stdout


@pytest.mark.parametrize("ref", ["d1", "acme", "n1", "s1", "a1", "o5"])
def test_a_page_reads_few_rows_through_indexes_only(
    filled: Run, store: Store, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    query = store.engine.query

    def spy(sql: str, params: Any = ()) -> Any:
        asked.append((sql, params))
        return query(sql, params)

    monkeypatch.setattr(store.engine, "query", spy)
    find_pages(store, [ref], know=Words(TODAY))
    views = " ".join(
        row["sql"] for row in query("SELECT sql FROM sqlite_master WHERE name IN ('revenue', 'occurrences')")
    )
    for sql, params in asked:
        named = {alias: table for table, alias in re.findall(r"(?:FROM|JOIN) (\w+) (\w+)", f"{views} {sql}")}
        for row in query(f"EXPLAIN QUERY PLAN {sql}", params):
            found = re.match(r"SCAN (\w+)(?! USING COVERING INDEX)", row["detail"])
            assert not found or named.get(found[1], found[1]) not in BIG, (sql, row["detail"])


def test_a_customer_adds_up_what_todays_rate_converts_and_sets_the_rest_apart(run: Run) -> None:
    for line in (
        "rate set EUR 1.1 -d 2026-01-01",
        "deal add 1000 Acme A --new",
        "deal add 2000eur Acme B",
        "deal add 500chf Acme C",
        "deal add 300chf Acme D",
        "won d4",
    ):
        run(line, ok=True)
    head, rest = run("show acme", ok=True).stdout.split("\n\n", 1)
    assert head.splitlines()[1] == "3 open deals, 3,200.00 USD and 500.00 CHF without a rate"
    assert "Won      1 deal, 300.00 CHF without a rate\n" in rest
    assert "Revenue  0.00 USD this year, 0.00 USD in all, 300.00 CHF without a rate\n" in rest
    row = shown(run, "c1")["rows"][0]
    pipeline = json.loads(run("report pipeline -f json", ok=True).stdout)["rows"]
    assert row["open_amount"] == next(each for each in pipeline if each["stage"] == "Lead")["amount"]
    assert [one["currency"] for one in row["open_without_rate"]] == ["CHF"]


def test_what_repeats_says_what_is_going_to_change(run: Run) -> None:
    run("sell 50 Acme Care --every month -d 2026-01-05 --new", ok=True)
    run("sale edit s1 --price 60 --from 2026-05-01", ok=True)
    run("sale edit s1 --pause 2026-08-01", ok=True)
    run("sale edit s1 --resume 2026-10-01", ok=True)
    run("sale edit s1 --until 2027-01-31", ok=True)
    assert (
        "Repeats   50.00 USD every month until Sun 2027-01-31, next due Sun 2026-04-05, 60.00 USD from Fri 2026-05-01, "
        "paused from Sat 2026-08-01, 60.00 USD again from Thu 2026-10-01\n"
    ) in run("show s1", ok=True).stdout

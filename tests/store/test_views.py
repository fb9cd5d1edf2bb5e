"""The views for other programs say what the lists and reports say, to the cent."""

import json
import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.conftest import run_line
from tests.services.whole_books import full_book

from salestrack.domain.currencies import CURRENCIES

PAGE = Path(__file__).parents[2] / "docs" / "storage.md"


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        return full_book(folder / "full.db")


def view(book, name, where="1 = 1"):
    """Ask as any other program would: with nothing but SQLite."""
    with closing(sqlite3.connect(f"file:{book.path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {name} WHERE {where}")]


def listed(book, *words):
    return json.loads(book.run(*words, "-f", "json", ok=True).stdout)["rows"]


def test_every_currency_has_its_units(full):
    units = {row["currency"]: row["minor_units"] for row in view(full, "v_currency_units")}
    assert units == {code: 10 ** entry[0] for code, entry in CURRENCIES.items() if entry[0] != 2}


@pytest.mark.parametrize(
    ("name", "noun", "letter", "same"),
    [
        ("v_deals", "deal", "d", {"title": "title", "customer": "customer", "stage": "stage", "probability": "probability",
                                  "owner": "owner", "closed_on": "closed", "expected_on": "expected", "pipeline": "pipeline",
                                  "lost_reason": "lost_reason", "next_step_on": "next", "status": "status"}),
        ("v_customers", "customer", "c", {"name": "name", "segment": "segment", "email": "email", "owner": "owner"}),
        ("v_contacts", "contact", "n", {"name": "name", "customer": "customer", "role": "role", "email": "email"}),
        ("v_activities", "activity", "a", {"kind": "kind", "state": "state", "on_date": "date", "customer": "customer",
                                           "outcome": "outcome", "direction": "direction", "note": "note"}),
        ("v_sales", "sale", "s", {"customer": "customer", "ref": "ref", "channel": "channel", "kind": "kind"}),
    ],
)  # fmt: skip
def test_a_view_has_the_rows_of_the_list(full, name, noun, letter, same):
    rows = {f"{letter}{row['id']}": row for row in view(full, name)}
    lists = defaultdict(list)
    for row in listed(full, noun, "list"):
        lists[row["id"]].append(row)
    assert rows.keys() == lists.keys()
    assert rows
    for key, (first, *_) in lists.items():
        assert {column: rows[key][column] for column in same} == {
            column: first[other] for column, other in same.items()
        }
        if "amount_minor" in rows[key] and first["amount"]:
            assert rows[key]["amount_minor"] == first["amount"]["minor"]
            assert f"{rows[key]['amount']:.{CURRENCIES[rows[key]['currency']][0]}f}" == first["amount"]["amount"]


def test_lines_add_up_to_their_records(full):
    sums = defaultdict(int)
    for row in view(full, "v_lines"):
        sums[row["record"], row["record_id"]] += row["amount_minor"]
    for record in ("deal", "sale"):
        for row in view(full, f"v_{record}s"):
            if (record, row["id"]) in sums:
                assert sums[record, row["id"]] == row["amount_minor"]
    assert sums


def test_the_last_version_of_a_deal_is_the_deal(full):
    last = {row["deal_id"]: row for row in view(full, "v_deal_history", "to_on IS NULL")}
    for deal in view(full, "v_deals"):
        version = last[deal["id"]]
        for name in ("stage", "status", "amount_minor", "currency", "expected_on", "owner", "stage_since"):
            assert version[name] == deal[name]


def test_revenue_is_what_the_report_says(full):
    report = json.loads(full.run("report", "revenue", "2026Q1", "-f", "json", ok=True).stdout)
    rows = view(full, "v_revenue", "on_date BETWEEN '2026-01-01' AND '2026-03-18'")
    assert sum(row["book_amount_minor"] or 0 for row in rows) == report["totals"]["amount"]["minor"]
    by = json.loads(full.run("report", "revenue", "2026Q1", "--by", "customer", "-f", "json", ok=True).stdout)
    for row in by["rows"]:
        mine = sum(r["book_amount_minor"] or 0 for r in rows if r["customer"] == row["key"])
        assert mine == row["amount"]["minor"]


def test_quotas_and_products_are_in_units(full):
    assert {(row["metric"], row["target"], row["target_minor"]) for row in view(full, "v_quotas")} == {
        ("revenue", 5000.0, 500_000), ("calls", 20, None),
    }  # fmt: skip
    assert [(row["name"], row["price"], row["price_minor"]) for row in view(full, "v_products")] == [
        ("Widget", 19.99, 1999), ("Setup", 100.0, 10_000),
    ]  # fmt: skip


def test_every_view_and_column_is_documented(full):
    page = PAGE.read_text(encoding="utf-8")
    told = {
        name: set(re.findall(r"`(\w+)`", columns))
        for name, columns in re.findall(r"^\| `(v_\w+)` \| (.*) \|$", page, re.M)
    }
    names = [
        row[0]
        for row in full.query("SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'v!_%' ESCAPE '!'")
    ]
    assert told == {name: {row[1] for row in full.query(f"PRAGMA table_info({name})")} for name in names}


# --- the sample book: what a BI tool would chart is what the reports print ---


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    from salestrack.services.demo import fill
    from salestrack.services.setup import Answers, new_book
    from salestrack.store import Actor, open_store

    path = tmp_path_factory.mktemp("sample") / "sample.db"
    actor = Actor("tester", terminal=False, now=lambda: datetime(2026, 3, 18, 14, 30))
    new_book(path, Answers(currency="USD"), actor)
    store = open_store(str(path), actor)
    fill(store, today=date(2026, 3, 18))
    store.close()
    return path


def asked(path, sql):
    """Ask as any other program would, which may not even write beside the file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def reported(path, *words):
    result = run_line(["--db", str(path), "report", *words, "-f", "json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_revenue_by_month_is_the_reports(sample):
    mine = dict(
        asked(
            sample,
            "SELECT substr(on_date, 1, 7), sum(book_amount_minor) FROM v_revenue "
            "WHERE on_date BETWEEN '2025-01-01' AND '2026-03-18' GROUP BY 1",
        )
    )
    rows = reported(sample, "revenue", "2025-01-01..2026-03-18", "--by", "month")["rows"]
    assert {row["key"]: row["amount"]["minor"] for row in rows if row["amount"]["minor"]} == mine
    assert len(mine) > 10


def test_the_open_pipeline_by_stage_is_the_reports(sample):
    mine = asked(
        sample,
        "SELECT stage, count(*), sum(amount_minor), round(sum(amount_minor * probability / 100.0)) FROM v_deals "
        "WHERE status = 'open' GROUP BY stage ORDER BY min(probability)",
    )
    rows = reported(sample, "pipeline")["rows"]
    wanted = [(r["stage"], r["deals"], r["amount"]["minor"], r["weighted"]["minor"]) for r in rows if r["deals"]]
    assert [(stage, count, amount, int(weighted)) for stage, count, amount, weighted in mine] == wanted
    assert len(wanted) == 4


def test_the_win_rate_is_the_reports(sample):
    won, lost, amount = asked(
        sample,
        "SELECT sum(status = 'won'), sum(status = 'lost'), sum(iif(status = 'won', book_amount_minor, 0)) FROM v_deals "
        "WHERE closed_on BETWEEN '2025-03-19' AND '2026-03-18'",
    )[0]
    row = reported(sample, "winloss", "365d")["totals"]
    assert (row["won"], row["lost"], row["won_amount"]["minor"]) == (won, lost, amount)
    assert row["win_rate"]["value"] == round(won / (won + lost), 4)


def test_activities_and_history_of_a_past_day_are_the_reports(sample):
    done = asked(
        sample,
        "SELECT kind, count(*) FROM v_activities WHERE state = 'done' AND on_date LIKE '2026-02-%' GROUP BY kind",
    )
    listed = json.loads(
        run_line(["--db", str(sample), "activity", "list", "2026-02", "--limit", "100000", "-f", "json"]).stdout
    )
    counts = defaultdict(int)
    for row in listed["rows"]:
        counts[row["kind"]] += row["state"] == "done"
    assert dict(done) == {kind: count for kind, count in counts.items() if count}
    then = reported(sample, "pipeline", "--as-of", "2026-01-31")["totals"]
    mine = asked(
        sample,
        "SELECT count(*), sum(amount_minor) FROM v_deal_history WHERE status = 'open' "
        "AND coalesce(from_on, '') <= '2026-01-31' AND (to_on IS NULL OR to_on > '2026-01-31')",
    )[0]
    assert mine == (then["deals"], then["amount"]["minor"])


def test_every_view_can_be_read_and_the_file_is_sound(sample):
    names = [row[0] for row in asked(sample, "SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert sum(name.startswith("v_") for name in names) >= 12
    for name in names:
        asked(sample, f"SELECT * FROM {name} LIMIT 3")
    assert asked(sample, "PRAGMA integrity_check") == [("ok",)]
    assert asked(sample, "PRAGMA foreign_key_check") == []

"""Reports as documents: the fields that CLI.md promises, and drawings that fit."""

import json
from datetime import date, datetime

import pytest

from salestrack.domain.dates import Words
from salestrack.domain.periods import parse_period
from salestrack.render.formats import Format, Screen, printer
from salestrack.render.reports import explained, report_document
from salestrack.services.reports import Wanted, explain, make_report, next_steps
from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, open_store

WORDS = Words(date(2026, 3, 18))
RATE, SPREAD, MONEY, TALLY = {"value", "n", "low", "high"}, {"n", "median", "mean", "p90"}, {"amount", "minor", "currency"}, {
    "deals", "amount",
}  # fmt: skip
ROWS = {
    "winloss": "key won lost win_rate won_amount lost_amount average_deal",
    "revenue": "key start end amount sales refunds",
    "pipeline": "stage probability deals amount weighted median_age_days",
    "quota": "owner metric start end target actual attainment expected status gap required_per_day projected",
    "conversion": "pipeline stage entered advanced back lost open rate resolved_rate days",
    "cycle": "key won lost",
    "activity": "key count calls call_minutes connect_rate emails reply_rate meetings demos",
}
TOTALS = ROWS | {
    "revenue": "amount sales refunds",
    "pipeline": "deals amount weighted median_age_days overdue undated without_next_step",
    "conversion": "entered won overall",
}
WITH_MONEY = {"winloss", "revenue", "pipeline", "quota", "slipping"}


DEALS = (
    # amount, currency, created, expected, status, closed
    (900_000, "USD", "2026-01-05", None, "won", "2026-03-17"),
    (400_000, "USD", "2026-02-05", "2026-03-10", "open", None),
    (10_000, "EUR", "2026-03-02", None, "open", None),
    (70_000, "USD", "2026-03-02", None, "lost", "2026-03-11"),
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Return a book in which every part of the summary has something to say."""
    path = tmp_path_factory.mktemp("busy") / "book.db"
    actor = Actor("tester", terminal=False, now=lambda: datetime(2026, 3, 18, 9))
    new_book(path, Answers(currency="USD"), actor)
    store = open_store(str(path), actor)
    insert = store.engine.insert
    insert("customers", {"name": "Sons of the Northern Riverside", "key": "sons", "created_op": 1})
    for number, deal in enumerate(DEALS, start=1):
        put_deal(insert, number, *deal)
    for day, amount in (("2026-03-16", 30_000), ("2026-03-10", 25_000)):
        row = {"kind": "sale", "amount": amount, "book_amount": amount, "currency": "USD", "on_date": day}
        insert("sales", {**row, "created_op": 1})
    shared = {"kind": "call", "deal_id": 2, "customer_id": 1, "logged_at": "2026-03-18T09:00:00", "created_op": 1}
    insert("activities", {**shared, "done": 1, "happened_on": "2026-03-17", "outcome": "connected"})
    insert("activities", {**shared, "deal_id": 3, "done": 0, "due_on": "2026-03-19"})
    quota = {"metric": "revenue", "start_on": "2026-03-01", "end_on": "2026-03-31", "target": 2_000_000}
    insert("quotas", {**quota, "currency": "USD", "created_op": 1})
    yield store
    store.close()


def put_deal(insert, number, amount, currency, created, expected, status, closed):
    """Write a deal that stayed in its first stage until it closed."""
    shared = {"amount": amount, "currency": currency, "expected_on": expected, "created_op": 1}
    stage = {"open": 1, "won": 5, "lost": 6}[status]
    insert(
        "deals",
        {
            "id": number, "title": "A website with a long name", "customer_id": 1, "pipeline_id": 1, "stage_id": stage,
            "stage_since": closed or created, "status": status, "created_on": created, "closed_on": closed,
            "book_amount": amount if closed else None, **shared,
        },
    )  # fmt: skip
    for since, until, held in ((created, closed, 1), (closed, None, stage)):
        if since:
            row = {"deal_id": number, "seq": 1, "from_on": since, "to_on": until, "stage_id": held}
            insert("deal_history", {**row, "stage_since": since, **shared})


def document(store, name, period=None, **wanted):
    given = parse_period(period, WORDS) if period else None
    return report_document(make_report(store, name, Wanted(period=given, **wanted), WORDS).report)


def data(made):
    return json.loads(printer(Format.JSON)(made))


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("empty", [True, False])
def test_the_promised_fields_are_always_there(request, store, name, empty):
    made = data(document(store if empty else request.getfixturevalue("busy"), name))
    assert made["schema"] == f"salestrack/report.{name}@1"
    assert set(made) >= {"schema", "as_of", "period", "definition", "rows", "totals"}
    assert made["as_of"] == "2026-03-18"
    assert ("unconverted" in made) == (name in WITH_MONEY)
    for row in made["rows"]:
        assert set(row) >= set(ROWS[name].split())
    if name != "quota":
        assert set(made["totals"]) >= set(TOTALS[name].split())
    elif not empty:
        assert len(made["rows"]) == 1


def test_values_have_the_promised_shapes(busy):
    row = data(document(busy, "winloss"))["rows"][0]
    assert (set(row["win_rate"]), set(row["won_amount"])) == (RATE, MONEY)
    assert (row["won"], row["lost"], row["won_amount"]["amount"]) == (1, 1, "9000.00")
    assert set(data(document(busy, "cycle"))["rows"][0]["won"]) == SPREAD
    totals = data(document(busy, "pipeline"))["totals"]
    assert (set(totals["overdue"]), set(totals["overdue"]["amount"])) == (TALLY, MONEY)
    assert set(data(document(busy, "conversion"))["rows"][0]["days"]) == SPREAD
    quota = data(document(busy, "quota"))["rows"][0]
    assert (quota["target"]["minor"], quota["attainment"], quota["status"]) == (2_000_000, 0.4775, "at risk")


def test_money_without_a_rate_stands_in_unconverted_and_in_a_line(busy):
    made = document(busy, "pipeline")
    assert data(made)["unconverted"] == [
        {"currency": "EUR", "amount": {"amount": "100.00", "minor": 10000, "currency": "EUR"}, "count": 1}
    ]
    assert "100.00 EUR (1) has no rate and is in no sum" in printer(Format.PLAIN)(made)


def test_the_summary_holds_the_parts_it_shows_and_the_ranked_steps(busy):
    made = data(document(busy, "summary"))
    assert [part["schema"].split(".")[1] for part in made["parts"]] == [
        "revenue@1", "quota@1", "winloss@1", "pipeline@1", "conversion@1", "activity@1", "slipping@1",
    ]  # fmt: skip
    assert made["period"]["label"] == "2026-W12"
    assert all(set(part) >= {"as_of", "period", "definition", "rows", "totals"} for part in made["parts"])
    assert made["actions"]
    assert all(set(action) >= {"ref", "reason", "command"} for action in made["actions"])


def test_a_part_is_the_report_itself(busy):
    part = next(part for part in data(document(busy, "summary"))["parts"] if "pipeline" in part["schema"])
    assert part == data(document(busy, "pipeline"))


@pytest.mark.parametrize("name", [*ROWS, "summary", "slipping"])
@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("unicode", [True, False])
def test_every_report_fits_the_screen(busy, name, width, unicode):
    drawn = printer(Format.TABLE, Screen(width=width, color=False, unicode=unicode))(document(busy, name))
    assert max(len(line) for line in drawn.splitlines()) <= width
    assert unicode or drawn.isascii()


@pytest.mark.parametrize("name", [*ROWS, "summary", "slipping"])
@pytest.mark.parametrize("chosen", [Format.PLAIN, Format.MD, Format.JSON, Format.HTML])
def test_every_report_has_every_format(store, busy, name, chosen):
    assert printer(chosen)(document(busy, name))
    assert printer(chosen)(document(store, name))


@pytest.mark.parametrize("name", ROWS)
def test_csv_has_the_same_names(busy, name):
    header = printer(Format.CSV)(document(busy, name)).splitlines()[0].split(",")
    plain = {"key", "stage", "owner", "pipeline", "start", "end", "metric", "status"} & set(ROWS[name].split())
    assert plain <= set(header)


def test_the_drawing_of_the_summary_at_eighty_columns(busy):
    drawn = printer(Format.TABLE, Screen(width=80, color=False, unicode=True))(document(busy, "summary"))
    lines = drawn.splitlines()
    assert lines[0] == "The week so far"
    assert "Revenue is up 3620 % on the same point of 2026-W11." in lines
    assert "The target for 2026-03 is at risk: 48 % reached, 59 % expected by now." in lines
    assert any(line.startswith("Mon") and "300.00" in line for line in lines)
    assert not any("Owner" in line for line in lines)
    assert any("salestrack push d2 +2w" in line for line in lines)


def test_an_owner_column_is_drawn_only_where_there_are_owners(busy, store):
    wide = printer(Format.TABLE, Screen(width=140, color=False, unicode=True))
    assert "Owner" not in wide(document(busy, "quota"))
    store.engine.insert("owners", {"name": "Ann", "created_op": 1})
    row = {"metric": "won", "start_on": "2026-03-01", "end_on": "2026-03-31", "target": 3, "owner_id": 1}
    store.engine.insert("quotas", {**row, "created_op": 1})
    drawn = wide(document(store, "quota"))
    assert "Owner" in drawn
    assert "Metric" in drawn


def test_an_explanation_shows_the_formula_the_ids_and_the_statement(busy):
    reported = make_report(busy, "winloss", Wanted(), WORDS)
    made = explained(report_document(reported.report), explain(busy, reported))
    drawn = printer(Format.PLAIN)(made)
    assert "formula: win rate = 1 / (1 + 1) = 0.5000" in drawn
    assert "deals closed, 2 records: d1 d4" in drawn
    assert "FROM deals d" in drawn
    told = data(made)["explain"]
    assert told["facts"][0]["ids"] == ["d1", "d4"]
    assert told["facts"][0]["params"]["currency"] == "USD"


def test_next_steps_are_a_list_whose_ids_can_be_printed(busy):
    made = report_document(next_steps(busy, WORDS, Wanted().only).report)
    assert printer(Format.IDS)(made).splitlines()[0].startswith(("a", "d"))
    assert data(made)["schema"] == "salestrack/actions@1"


def test_what_is_no_report_has_no_document():
    with pytest.raises(TypeError, match="no document for str"):
        report_document("words")

"""JSON and CSV hold the data, never the cells."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from salestrack.domain.measures import Tally
from salestrack.domain.money import Money
from salestrack.errors import NotFoundError, UsageError
from salestrack.render import data
from salestrack.render.document import Column, Document


def schema(name):
    found = json.loads(files("salestrack.render").joinpath("schemas", name).read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def read_back(text, delimiter=","):
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("name", ["report", "records", "empty", "summary"])
def test_every_document_is_valid_by_the_published_schema(name, request):
    schema("document.schema.json").validate(json.loads(data.json(request.getfixturevalue(name))))


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": "salestrack/deals@1"},
        {"schema": "salestrack/report.cycle@1", "rows": []},
        {"schema": "deals", "rows": []},
        {"schema": "salestrack/deals@1", "rows": [{"amount": {"minor": 100, "currency": "USD"}}]},
        {"schema": "salestrack/deals@1", "rows": [{"rate": {"n": 2, "low": 0.1, "high": 0.9}}]},
    ],
)
def test_the_published_schema_refuses_what_the_program_never_prints(wrong):
    assert not schema("document.schema.json").is_valid(wrong)


def test_json_of_a_report_has_every_field_in_a_stable_order(report):
    printed = json.loads(data.json(report))
    assert list(printed) == ["schema", "as_of", "period", "definition", "rows", "totals", "unconverted"]
    assert printed["as_of"] == "2017-12-31"
    assert printed["period"] == {"start": "2017-01-01", "end": "2017-12-31", "label": "365d"}
    assert printed["unconverted"] == [
        {"currency": "CHF", "amount": {"amount": "1.00", "minor": 100, "currency": "CHF"}, "count": 1}
    ]


def test_json_values_are_numbers_objects_and_iso_dates(report, hostile):
    first, second, third, fourth = json.loads(data.json(report))["rows"]
    assert first == {
        "id": "p1",
        "key": "GTX Pro",
        "won": 729,
        "win_rate": {"value": 0.6315, "n": 6711, "low": 0.6199, "high": 0.6430},
        "amount": {"amount": "3510578.00", "minor": 351057800, "currency": "USD"},
        "days": 51.78,
        "probability": 40,
        "closed": "2017-12-01",
        "status": "behind",
        "attained": 1.0533,
        "cycle": {"n": 4238, "median": 57, "mean": 51.78, "p90": 120},
        "open": {"deals": 12, "amount": {"amount": "1234.00", "minor": 123400, "currency": "USD"}},
        "repeats": True,
        "tags": ["a", "b,c"],
    }
    assert second["key"] == "1e5"
    assert third["key"] is None
    assert third["win_rate"] == {"value": None, "n": 0, "low": None, "high": None}
    assert list(third) == list(first)
    assert fourth["key"] == hostile


def test_json_prints_no_character_that_steers_a_terminal(report):
    printed = data.json(report) + data.jsonl(report)
    assert not {"\x1b", "\x9b", "\u202e", "\u2028"} & set(printed)


def test_json_of_a_list_has_schema_and_rows_alone(records):
    assert list(json.loads(data.json(records))) == ["schema", "rows"]


def test_nothing_found_is_an_empty_list_and_totals_are_null(empty):
    printed = json.loads(data.json(empty))
    assert printed["rows"] == []
    assert printed["totals"] is None
    assert printed["period"] is None
    assert data.jsonl(empty) == ""


def test_parts_and_further_tables_stand_in_json(summary):
    printed = json.loads(data.json(summary))
    assert [part["schema"] for part in printed["parts"]] == ["salestrack/report.winloss@1"] * 2
    assert printed["actions"][0] == {"ref": "d7", "command": "salestrack push d7 +2w"}


def test_a_row_of_jsonl_is_a_row_of_json(report):
    lines = data.jsonl(report).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(data.json(report))["rows"]


def test_csv_flattens_rates_spreads_tallies_and_money(report):
    first = read_back(data.csv(report))[0]
    assert first == {
        "id": "p1",
        "key": "GTX Pro",
        "won": "729",
        "win_rate": "0.6315",
        "win_rate_n": "6711",
        "win_rate_low": "0.6199",
        "win_rate_high": "0.6430",
        "amount": "3510578.00",
        "days": "51.78",
        "probability": "40",
        "closed": "2017-12-01",
        "status": "behind",
        "attained": "1.0533",
        "cycle_n": "4238",
        "cycle_median": "57",
        "cycle_mean": "51.78",
        "cycle_p90": "120",
        "open_deals": "12",
        "open_amount": "1234.00",
        "repeats": "true",
        "tags": 'a, "b,c"',
        "currency": "USD",
    }


@pytest.mark.parametrize(("printer", "delimiter"), [(data.csv, ","), (data.tsv, "\t")])
def test_separated_values_read_back_as_they_were(report, hostile, printer, delimiter):
    rows = read_back(printer(report), delimiter)
    assert [row["key"] for row in rows] == ["GTX Pro", "1e5", "", hostile]
    assert [row["amount"] for row in rows] == ["3510578.00", "-200.00", "", "3510578.00"]
    assert rows[2] == {**dict.fromkeys(rows[2], ""), "id": "p3", "win_rate_n": "0"}


def test_csv_has_no_totals_row_and_plain_line_ends(report):
    printed = data.csv(replace(report, rows=report.rows[:3]))
    assert printed.count("\n") == 4
    assert "\r" not in printed


def test_csv_of_nothing_is_the_header_of_something(empty, report):
    assert data.csv(empty) == data.csv(report).splitlines()[0] + "\n"


def test_csv_names_the_currency_of_each_row(records):
    assert [row["currency"] for row in read_back(data.csv(records))] == ["USD", "JPY", ""]


def test_csv_adds_no_currency_column_where_one_stands_or_no_money_is():
    money = Column(name="amount", title="Amount", kind="money")
    currency = Column(name="currency", title="Currency")
    text = Column(name="name", title="Name")
    of = {"schema": "salestrack/things@1"}
    assert data.csv(Document(**of, columns=(currency, money), rows=[("EUR", Money(100, "EUR"))])) == (
        "currency,amount\nEUR,1.00\n"
    )
    assert data.csv(Document(**of, columns=(text,), rows=[("a",)])) == "name\na\n"


def test_csv_refuses_to_put_two_currencies_into_one_row():
    columns = tuple(Column(name=name, title=name, kind="money") for name in ("a", "b"))
    mixed = Document(schema="salestrack/things@1", columns=columns, rows=[(Money(1, "EUR"), Money(1, "USD"))])
    with pytest.raises(ValueError, match="EUR, USD"):
        data.csv(mixed)


@pytest.mark.parametrize("printer", [data.csv, data.tsv, data.jsonl])
def test_several_tables_are_refused_with_the_command_for_one(summary, printer):
    with pytest.raises(UsageError) as refused:
        printer(summary)
    assert f"salestrack report winloss -f {printer.__name__}" in refused.value.hint


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("2.50"), "2.50"),
        (datetime(2026, 3, 17, 14, 30), "2026-03-17T14:30"),
        (time(14, 30), "14:30"),
        ({"on": date(2026, 3, 17)}, {"on": "2026-03-17"}),
        ((1, None), [1, None]),
        (
            Tally(deals=1, amount=Money(1, "JPY")),
            {"deals": 1, "amount": {"amount": "1", "minor": 1, "currency": "JPY"}},
        ),
    ],
)
def test_other_values_have_one_form_in_json(value, said):
    assert data.as_value(value) == said


def test_a_value_without_a_form_is_an_error_of_the_program():
    with pytest.raises(TypeError, match="object"):
        data.as_value(object())


def test_an_error_is_one_line_of_json_by_the_published_schema():
    error = NotFoundError("no deal\nd9", hint="salestrack deal list", details={"near": ["d8"]})
    printed = data.error(error)
    assert printed.count("\n") == 1
    assert json.loads(printed) == {
        "schema": "salestrack/error@1",
        "message": "no deal\nd9",
        "hint": "salestrack deal list",
        "exit_code": 4,
        "details": {"near": ["d8"]},
    }
    schema("error.schema.json").validate(json.loads(printed))

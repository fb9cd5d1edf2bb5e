"""JSON Lines, arrays and objects that hold one become the table that CSV would have been."""

import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.errors import EmptyFileError, SalestrackError
from salestrack.importers import json_stream
from salestrack.importers.json_lines import open_table
from salestrack.importers.json_values import Number, plain_number
from salestrack.importers.rejects import write_rejects
from salestrack.importers.source import open_source
from salestrack.importers.table import Table


def read(text: str) -> tuple[Table, list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """Return the table of a text, its rows with their lines, and what is no row."""
    with open_source("-", io.BytesIO(text.encode())) as source:
        table = open_table(source)
        chunks = list(table.chunks())
    rows = [pair for chunk in chunks for pair in zip(chunk.lines, chunk.rows, strict=True)]
    return table, rows, [odd for chunk in chunks for odd in chunk.odd]


def test_keys_are_headers_in_the_order_they_first_appear():
    table, rows, _ = read('{"id": "1", "b": "x"}\n{"c": "y", "id": "2"}\n')
    assert table.header == ("id", "b", "c")
    assert rows == [(1, ["1", "x", ""]), (2, ["2", "", "y"])]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("12.50", "12.50"), ("1e3", "1e3"), ("-0.10", "-0.10"), ("12345678901234567890.123456789", "12345678901234567890.123456789"),
        ("9" * 5000, "9" * 5000), ("true", "yes"), ("false", "no"), ("null", ""), ('"Zo\\u00eb"', "Zoë"), ('["a", "b c", null]', "a, b c"),
        ("[]", ""), ('[{"a": "x"}]', '[{"a":"x"}]'), ('" two\\nlines "', " two\nlines "),
    ],
)  # fmt: skip
def test_a_value_is_the_cell_that_csv_would_have(value, cell):
    assert read(f'{{"id": "1", "v": {value}}}\n')[1] == [(1, ["1", cell])]


def test_objects_in_objects_are_columns_with_dots():
    table, rows, _ = read(
        '{"id": "1", "to": {"name": "Zoë", "at": {"city": "Köln"}}}\n{"id": "2", "to": null}\n{"id": "3", "to": {}}\n'
    )
    assert table.header == ("id", "to.name", "to.at.city", "to")
    assert [row for _, row in rows] == [["1", "Zoë", "Köln", ""], ["2", "", "", ""], ["3", "", "", ""]]


def test_money_and_custom_fields_of_our_own_exports_have_the_headers_of_csv():
    money = '{"amount": "5.00", "minor": 500, "currency": "EUR"}'
    record = f'{{"id": "s1", "date": "2026-03-01", "customer": null, "amount": {money}, "tags": [], "note": null, "fields": {{"size": "3", "worth": {money}}}}}'
    table, rows, _ = read(record)
    assert table.header == ("id", "date", "customer", "amount", "tags", "note", "field:size", "field:worth")
    assert rows[0][1] == ["s1", "2026-03-01", "", "5.00", "", "", "3", "5.00 EUR"]
    assert read('{"id": "rec1", "createdTime": "x", "fields": {"Name": "y"}}')[0].header == (
        "id",
        "createdTime",
        "fields.Name",
    )


def test_numbers_stay_as_they_are_written_and_are_known_as_numbers():
    ((_, cells),) = read('{"id": "1.5", "v": 1.234, "n": 12, "e": 1e3}\n')[1]
    assert cells == ["1.5", "1.234", "12", "1e3"]
    assert [type(cell) is Number for cell in cells] == [False, True, False, True]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("1e3", "1000"), ("1.50", "1.5"), ("-1.5E-2", "-0.015"), ("2.0", "2"), ("0e-999999999", "0"), ("1e99", "1e99")],
)
def test_a_number_of_json_is_told_without_its_exponent(text, plain):
    assert plain_number(text) == plain


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": 2', "is no JSON at character 9: expecting ',' delimiter"),
        ("5", "is no object"),
        ('{"id": 1} x', "has more behind its object, from character 10"),
        ('{"id": 1, "id": 2}', "it has 'id' twice"),
        ('{"a": {"b": 1}, "a.b": 2}', "it has 'a.b' twice"),
        ('{"id": NaN}', "NaN is no number of JSON"),
        ('{"id": "\\ud83d"}', "half a character"),
        ('{"id": "a\\u0000b"}', "'id' holds a NUL character"),
        ('{"id": ' + "[" * 100_000, "nested too deep"),
        ('{"a": ' * 200 + "1" + "}" * 200, "more than 50 deep"),
    ],
)
def test_a_damaged_line_is_the_fault_of_its_row_alone(line, why):
    _, rows, odd = read(f'{{"id": 1}}\n\n{line}\n{{"id": 4}}\n')
    assert [number for number, _ in rows] == [1, 4]
    assert [number for number, _ in odd] == [3]
    assert why in odd[0][1]


def test_a_last_line_that_was_cut_off_is_said_to_be():
    assert "the file may be cut off" in read('{"id": 1}\n{"id": 2, "a')[2][0][1]


RECORDS = [{"id": "1", "v": "x"}, {"id": "2", "v": "y"}]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (json.dumps(RECORDS), [1, 2]),
        (json.dumps(RECORDS, indent=1), [2, 6]),
        ("[" + ",\n".join(map(json.dumps, RECORDS)) + "]", [1, 2]),
        (json.dumps({"schema": "x", "rows": RECORDS, "next": {"page": 2}}, indent=1), [4, 8]),
        (json.dumps({"data": RECORDS}), [1, 2]),
        ("\n".join(json.dumps(each, indent=1) for each in RECORDS), [1, 5]),
        ("\ufeff" + "\r\n".join(map(json.dumps, RECORDS)), [1, 2]),
    ],
)
def test_every_layout_gives_the_same_rows_and_lines_that_tell_them_apart(text, places):
    table, rows, odd = read(text)
    assert (table.header, odd) == (("id", "v"), [])
    assert rows == [(places[0], ["1", "x"]), (places[1], ["2", "y"])]


def test_records_of_one_line_are_counted_and_called_so():
    assert (read(json.dumps(RECORDS))[0].unit, read(json.dumps(RECORDS, indent=1))[0].unit) == ("record", "line")


def test_a_single_object_is_one_row_even_with_a_list_in_it():
    assert len(read(json.dumps({"id": 1, "items": [{"a": 1}]}, indent=1))[1]) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[{"id": 1},\n{"id": 2',
            "from line 2 on: what begins here is never closed|from line 2 on: it ends in the middle",
        ),
        ('[{"id": 1},\n{"id": 2, x: 3}]', "from line 2 on: expecting property name"),
        ('[{"id": 1}]\nx', "from line 2 on: something stands behind the end"),
        ('[{"id": 1}\n{"id": 2}]', "from line 2 on: ']' is missing before '{'"),
        ('[{"id": 1, "id": 2}]', "from line 1 on: it has 'id' twice"),
    ],
)
def test_a_damaged_array_is_refused_with_its_line(text, said):
    with pytest.raises(SalestrackError, match=said):
        read(text)


@pytest.mark.parametrize("text", ["[]", '{"rows": []}', " \n"])
def test_nothing_in_it_is_an_empty_file(text):
    with pytest.raises(EmptyFileError, match="is empty"):
        read(text)


def test_too_many_keys_are_refused():
    with pytest.raises(SalestrackError, match="from line 2 on: there are more than 5000 different keys"):
        read('{"id": 1}\n' + json.dumps({f"k{place}": 1 for place in range(5001)}))


def test_an_endless_record_is_refused(monkeypatch):
    monkeypatch.setattr(json_stream, "LARGEST", 1000)
    monkeypatch.setattr(json_stream, "PIECE", 100)
    with pytest.raises(SalestrackError, match="too long for one record"):
        read('[{"id": "' + "x" * 5000 + '"}]')


@pytest.mark.parametrize("header", ["[Name],date", "{id},date", "id,date"])
def test_csv_is_not_taken_for_json(header):
    assert read(f"{header}\na,b\n")[0].header == tuple(header.split(","))


def rejected(text: str, reasons: list[tuple[int, str]], target) -> str:
    with open_source("-", io.BytesIO(text.encode())) as source:
        write_rejects(open_table(source), iter(reasons), target)
    return target.read_text()


def test_rejected_lines_stand_as_they_stood_with_line_and_reason_in_front(tmp_path):
    found = rejected(
        '{"id": 1}\n{ "id":2, "v": 1.50}\n{"id": \n{}\n',
        [(2, 'no "good"'), (3, "is no JSON"), (4, "x")],
        tmp_path / "bad",
    )
    assert found == '{"_line": 2, "_error": "no \\"good\\"", "id":2, "v": 1.50}\n{"id":\n{"_line": 4, "_error": "x"}\n'


def test_lines_rejected_again_keep_the_line_of_the_first_file_and_get_the_new_reason(tmp_path):
    again = rejected(
        '{"_line": 70, "_error": "a \\"b\\"", "id": 2}\n{"_line": 71, "_error": "c"}\n',
        [(1, "new"), (2, "e")],
        tmp_path / "bad",
    )
    assert again == '{"_line": 70, "_error": "new", "id": 2}\n{"_line": 71, "_error": "e"}\n'


def test_rejected_records_of_an_array_are_an_array(tmp_path):
    assert json.loads(rejected(json.dumps(RECORDS), [(2, "no")], tmp_path / "bad")) == [
        {"_line": 2, "_error": "no", "id": "2", "v": "y"}
    ]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(
    st.lists(
        st.dictionaries(TEXTS.filter(lambda name: "." not in name), TEXTS, min_size=1, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_texts_come_through_as_they_are_in_every_layout(records):
    kept = [record for record in records if any(cell.strip() for cell in record.values())]
    header = list(dict.fromkeys(name for record in records for name in record))
    expected = [[record.get(name, "") for name in header] for record in kept]
    for text in (
        "\n".join(map(json.dumps, records)),
        json.dumps(records),
        json.dumps(records, indent=2, ensure_ascii=False),
    ):
        table, rows, odd = read(text)
        assert (table.header, [row for _, row in rows], odd) == (tuple(header), expected, [])


@given(st.text(alphabet='{}[]":,\\ab1.\n ', max_size=40))
def test_no_text_crashes_it(text):
    for start in ("{", "[{"):
        with suppress(SalestrackError):
            read(start + text)

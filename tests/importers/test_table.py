"""A CSV file becomes rows with their lines; what is damaged is named."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.source import open_source
from salestrack.importers.table import ROWS_IN_A_CHUNK, Table


@contextmanager
def table(data: bytes | str, *, delimiter: str | None = None, encoding: str | None = None) -> Iterator[Table]:
    raw = data.encode() if isinstance(data, str) else data
    with open_source("-", io.BytesIO(raw), encoding=encoding) as source:
        yield Table(source, delimiter)


def rows(data: bytes | str, **how: str | None) -> list[tuple[int, list[str]]]:
    with table(data, **how) as read:
        return [pair for chunk in read.chunks() for pair in zip(chunk.lines, chunk.rows, strict=True)]


def odd(data: bytes | str) -> list[tuple[int, str]]:
    with table(data) as read:
        return [fault for chunk in read.chunks() for fault in chunk.odd]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(sign):
    text = f"name{sign}amount{sign}note\nAcme{sign}12{sign}a,b;c\n".replace(f"a,b;c{sign}", "")
    with table(text.replace("a,b;c", '"a,b;c|d"')) as read:
        assert read.delimiter == sign
        assert read.header == ("name", "amount", "note")
        assert next(read.chunks()).rows == [["Acme", "12", "a,b;c|d"]]


def test_a_delimiter_in_quotes_does_not_count():
    with table('"a;b;c;d",e\n1,2\n') as read:
        assert read.header == ("a;b;c;d", "e")


def test_a_named_delimiter_is_taken():
    assert rows("a:b\n1:2\n", delimiter=":") == [(2, ["1", "2"])]
    assert rows("a\tb\n1\t2\n", delimiter="tab") == [(2, ["1", "2"])]
    with pytest.raises(UsageError, match="not one character"):
        rows("a,b\n", delimiter="::")


def test_a_spreadsheets_first_line_that_names_the_delimiter_is_followed():
    assert rows("sep=;\r\na;b\r\n1;2,5\r\n") == [(3, ["1", "2,5"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end):
    assert rows(end.join(["a,b", "1,2", "3,4", ""])) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_lines_are_those_of_the_file_also_after_cells_of_several_lines():
    text = 'a,b\n1,"two\nlines"\n\n3,"three\r\nof\nthem"\n4,x\n'
    assert [line for line, _ in rows(text)] == [2, 5, 8]


def test_lines_are_right_across_chunks():
    text = "a\n" + '"x\ny"\n' + "z\n" * (ROWS_IN_A_CHUNK + 5) + '"p\nq"\nlast\n'
    found = rows(text)
    assert found[-1] == (len(text.splitlines()), ["last"])
    assert len(found) == ROWS_IN_A_CHUNK + 8


def test_empty_files_are_refused_and_a_header_alone_is_no_row():
    for nothing in ("", "\n\n", "   \n", "\ufeff"):
        with pytest.raises(SalestrackError, match="is empty"):
            rows(nothing)
    assert rows("a,b\n") == []
    assert rows("a,b") == []
    assert rows("\n\na,b\n1,2\n") == [(4, ["1", "2"])]


def test_short_rows_are_filled_and_long_ones_named():
    assert rows("a,b,c\n1,2\n3,4,5,,\n") == [(2, ["1", "2", ""]), (3, ["3", "4", "5"])]
    assert odd("a,b,c\n1,2,3\n1,2,3,4\n") == [
        (3, "has 4 cells, and the header 3; a cell with a comma in it needs quotes")
    ]


def test_a_file_that_breaks_off_in_a_row_is_noticed():
    assert odd("a,b,c\n1,2,3\n4,5")[0][0] == 3
    assert odd("a,b,c\n1,2,3\n4,5\n") == []
    assert odd("a,b,c\n1,2,3\n4,5,6") == []


def test_blank_rows_are_counted_and_belong_to_nothing():
    with table("a,b\n1,2\n,\n\n , \n3,4\n") as read:
        (chunk,) = read.chunks()
    assert (list(chunk.lines), chunk.blank) == ([2, 6], 2)


def test_damaged_quotes_are_named_with_their_line():
    with pytest.raises(SalestrackError, match="a quote opened on line 3 is never closed"):
        rows('a,b\n1,2\n3,"4\n5,6\n7,8\n')
    with pytest.raises(SalestrackError, match="line 3 cannot be read"):
        rows('a,b\n1,2\n3,"4" x\n')
    with pytest.raises(SalestrackError, match="too long; a quote is probably not closed"):
        rows('a,b\n1,"' + "x\n" * 100_000)


def test_nul_in_a_wide_encoding_is_refused():
    with pytest.raises(SalestrackError, match="line 2 holds a NUL"):
        rows("a\nb\0c\n".encode("utf-16"))


def test_reading_can_begin_again():
    with table("a\n1\n2\n") as read:
        first = [chunk.rows for chunk in read.chunks()]
        assert [chunk.rows for chunk in read.chunks()] == first
        assert list(read.records()) == [(2, ["1"]), (3, ["2"])]


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TABLES = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12))


@settings(max_examples=150, deadline=None)
@given(
    TABLES,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_the_csv_module_writes_reads_back_the_same(cells, sign, encoding, end):
    width = len(cells[0]) if cells else 2
    header = [f"h{number}" for number in range(width)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([header, *cells])
    data = out.getvalue().encode(encoding)

    found = rows(data, delimiter=sign, encoding="utf-16-be" if encoding == "utf-16-be" else None)

    assert [row for _, row in found] == [row for row in cells if any(cell.strip() for cell in row)]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400) | st.text(",;\"'\n\r\t|ab1 \ufeffé\0", max_size=200).map(lambda text: text.encode("utf-8"))
)
def test_hostile_bytes_are_refused_or_read_but_never_crash(data):
    for encoding in (None, "cp1252", "utf-16", "utf-16-le", "shift_jis"):
        with suppress(SalestrackError), table(data, encoding=encoding) as read:
            list(read.chunks())
            list(read.records())

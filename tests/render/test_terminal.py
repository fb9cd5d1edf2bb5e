"""A document on terminals of every width."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from salestrack.domain.money import NumberStyle
from salestrack.render.document import Column, Document
from salestrack.render.terminal import draw

STYLE = NumberStyle()


def drawn(document, width, *, color=False, unicode=True):
    return draw(document, width=width, color=color, unicode=unicode, style=STYLE)


def table(*rows, **fields):
    columns = (Column(name="id", title="Id", kind="ref"), Column(name="name", title="Name", shrink=True))
    return Document(schema="salestrack/things@1", columns=columns, rows=rows, **fields)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("name", ["report", "records", "empty", "summary"])
def test_no_line_is_longer_than_the_terminal_is_wide(name, width, unicode, request):
    for line in drawn(request.getfixturevalue(name), width, unicode=unicode).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=120)), max_size=4), st.integers(40, 120))
def test_no_name_makes_a_line_longer_than_the_terminal(rows, width):
    for upright in (False, True):
        document = table(*rows, upright=upright, notes=tuple(name for _, name in rows))
        assert all(cell_len(line) <= width for line in drawn(document, width).split("\n"))


@pytest.mark.parametrize("width", [40, 80, 140])
def test_every_row_and_the_total_are_drawn_at_every_width(report, width):
    printed = drawn(report, width)
    for start in ("p1", "p2", "p3", "p4", "total", "overdue"):
        assert len(re.findall(rf"^{start}\b", printed, re.MULTILINE)) == 1


def test_a_column_that_may_shrink_ends_in_an_ellipsis_and_others_stay_whole():
    columns = (
        Column(name="command", title="Command"),
        Column(name="why", title="Why", shrink=True),
    )
    document = Document(schema="salestrack/things@1", columns=columns, rows=[("x" * 40, "y" * 60)])
    assert drawn(document, 80).splitlines()[-1] == "x" * 40 + "  " + "y" * 37 + "…"
    assert drawn(document, 80, unicode=False).splitlines()[-1].endswith("yyy...")


def test_wide_columns_wait_for_a_wide_terminal():
    columns = (Column(name="a", title="Near"), Column(name="b", title="Far", wide=True))
    document = Document(schema="salestrack/things@1", columns=columns, rows=[("1", "2")])
    assert "Far" not in drawn(document, 99)
    assert "Far" in drawn(document, 100)


def test_a_table_that_fits_no_terminal_becomes_a_paragraph_a_row(report):
    lines = drawn(report, 40).splitlines()
    assert "p1  GTX Pro" in lines
    assert "  Won 729 · Win rate 63.15 % (n 6711)" in lines


def test_the_totals_are_set_apart(report):
    wide = replace(report, columns=report.columns[:5], rows=[tuple(r.values())[:5] for r in report.records()])
    lines = drawn(wide, 140).splitlines()
    total = next(at for at, line in enumerate(lines) if line.startswith("total"))
    assert set(lines[total - 1]) == {"─", " "}


def test_without_colour_nothing_but_text_is_printed(report):
    assert "\x1b" not in drawn(report, 80)


def test_colour_changes_no_character(report, summary):
    for document in (report, summary):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", drawn(document, 80, color=True))
        assert plain == drawn(document, 80)


def test_the_four_roles_have_their_colours():
    columns = (
        Column(name="status", title="Status", tones={"behind": "bad", "ahead": "good"}),
        Column(name="day", title="Day", kind="date", due=True),
    )
    rows = [("behind", date(2026, 3, 1)), ("ahead", None)]
    document = Document(schema="salestrack/things@1", columns=columns, rows=rows, as_of=date(2026, 3, 18))
    printed = drawn(document, 80, color=True)
    for start, text in (("31", "behind"), ("32", "ahead"), ("33", "2026-03-01 !"), ("2", "-")):
        assert f"\x1b[{start}m{text}\x1b[0m" in printed


def test_a_name_cannot_colour_the_terminal_or_write_markup():
    printed = drawn(table(("d1", "\x1b[31m[red]x[/red] :smile:")), 80, color=True)
    assert r"\x1b[31m[red]x[/red] :smile:" in printed


def test_a_screen_without_more_than_ascii_gets_ascii(report):
    known = replace(report, rows=report.rows[:3], notes=())
    for width in (40, 80, 140):
        assert drawn(known, width, unicode=False).isascii()


def test_the_surroundings_change_nothing(report, monkeypatch):
    before = drawn(report, 80)
    for name, value in {"NO_COLOR": "1", "FORCE_COLOR": "1", "COLUMNS": "20", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert drawn(report, 80) == before
    assert "\x1b[" in drawn(report, 80, color=True)


def test_nothing_is_said_in_a_word(empty):
    assert drawn(empty, 80) == "none\n"


def test_an_upright_record_is_a_field_a_line_continued_under_its_beginning():
    printed = drawn(table(("d1", "word " * 12), upright=True), 40)
    assert printed.splitlines() == [
        "Id    d1",
        "Name  word word word word word word word",
        "      word word word word word",
    ]


def test_parts_leave_definition_and_intervals_to_their_own_reports(summary, report):
    printed = drawn(summary, 140)
    assert report.definition not in printed
    assert "61.99" not in printed
    assert printed.count("365d") == 1

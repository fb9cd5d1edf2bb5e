"""Plain tables, Markdown and ids."""

from dataclasses import replace

import pytest

from salestrack.domain.money import NumberStyle
from salestrack.errors import UsageError
from salestrack.render import plain
from salestrack.render.document import Column, Document

STYLE = NumberStyle()


def test_a_plain_list_is_its_headings_and_its_rows(records):
    lines = plain.text(replace(records, rows=records.rows[::2]), style=STYLE).splitlines()
    assert [line.split() for line in lines] == [
        ["amounts", "in", "USD"],
        [],
        ["Id", "Title", "Amount"],
        ["d1", "Website", "1,200.00"],
        ["d3", "-"],
    ]


def test_every_column_and_every_row_stands_in_a_plain_table(report):
    printed = plain.text(report, style=STYLE)
    for column in report.columns:
        assert column.only_json or column.title in printed
    lines = printed.splitlines()
    assert sum(line.startswith(("p1 ", "p2 ", "p3 ", "p4 ", "total ")) for line in lines) == 5
    assert not any("─" in line or "---" in line for line in lines)


def test_a_plain_report_says_title_period_definition_and_notes(report):
    lines = plain.text(report, style=STYLE).splitlines()
    assert lines[0] == "Won and lost by product"
    assert lines[1].startswith("365d (2017-01-01..2017-12-31)")
    assert "a deal of two tags stands in two rows" in lines
    assert report.definition in lines


def test_text_that_looks_like_a_number_stays_as_it_is(report):
    assert "1e5" in plain.text(report, style=STYLE)
    assert "1e5" in plain.markdown(report, style=STYLE)


def test_a_name_cannot_break_a_row_or_steer_the_terminal(report):
    for printed in (plain.text(report, style=STYLE), plain.markdown(report, style=STYLE)):
        assert not {"\x1b", "\x9b", "\u202e", "\u2028"} & set(printed)
    assert sum("p4" in line for line in plain.text(report, style=STYLE).splitlines()) == 1


def test_markdown_takes_nothing_in_a_name_for_markup(report):
    row = next(line for line in plain.markdown(report, style=STYLE).splitlines() if "| p4 " in line)
    assert r"\<script\>" in row
    assert r"\|\`a\`\*b\*" in row
    head = plain.markdown(report, style=STYLE).splitlines()[4]
    assert row.replace(r"\|", "").count("|") == head.count("|")


def test_markdown_pushes_numbers_right(records):
    lines = plain.markdown(records, style=STYLE).splitlines()
    assert lines[1].startswith("|:")
    assert lines[1].endswith("-:|")


def test_an_ascii_screen_gets_an_ascii_table(report):
    drawn = plain.text(replace(report, rows=report.rows[:3], notes=()), style=STYLE, unicode=False)
    assert drawn.isascii()
    assert "####" in drawn


@pytest.mark.parametrize("printer", [plain.text, plain.markdown])
def test_nothing_is_said_in_a_word(empty, printer):
    assert printer(empty, style=STYLE) == "none\n"


def test_an_upright_record_is_a_field_a_line_without_the_empty_ones(records):
    shown = plain.text(replace(records, rows=records.rows[:1] + records.rows[2:], upright=True), style=STYLE)
    assert [line.split() for line in shown.splitlines()] == [
        ["Id", "d1"],
        ["Title", "Website"],
        ["Amount", "1,200.00", "USD"],
        [],
        ["Id", "d3"],
        ["Title"],
    ]


def test_parts_have_their_titles_and_say_only_what_differs(summary):
    printed = plain.text(summary, style=STYLE)
    assert printed.count("as of 2017-12-31") == 1
    assert "63.15 % (n 6711)" in printed
    assert "### Next steps" in plain.markdown(summary, style=STYLE)


def test_ids_are_one_a_line_and_each_once(report, summary, empty):
    assert plain.ids(report) == "p1\np2\np3\np4\n"
    assert plain.ids(summary) == "p1\np2\np3\np4\nd7\n"
    assert plain.ids(empty) == ""


def test_ids_may_stand_in_another_column(report):
    assert plain.ids(replace(report, ref_column="won")) == "729\n1\n"


def test_a_document_without_ids_is_refused():
    column = Column(name="key", title="Key")
    with pytest.raises(UsageError, match="cycle has no ids"):
        plain.ids(Document(schema="salestrack/report.cycle@1", columns=(column,), rows=[("a",)]))

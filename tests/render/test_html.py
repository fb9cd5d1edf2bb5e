"""The page is self-contained and nothing in it is obeyed."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from salestrack.domain.money import NumberStyle
from salestrack.render.html import html

STYLE = NumberStyle()
VOID = {"meta", "rect"}


class Page(HTMLParser):
    """Reads tags and text, and fails on a tag that is not closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, _attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, _attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", ["report", "records", "empty", "summary"])
def test_the_page_is_whole_and_fetches_nothing(name, request):
    printed = html(request.getfixturevalue(name), style=STYLE)
    page = Page(printed)
    assert printed.startswith("<!doctype html>")
    assert "script" not in page.tags
    assert not re.search(r"<script|http|src=|href=|url\(|@import|\son\w+=", printed)


def test_hostile_text_is_text(report, hostile):
    page = Page(html(replace(report, title=hostile, definition=hostile), style=STYLE))
    assert page.text.count("<script>alert('x')</script>") == 6
    assert not {"\x1b", "\x9b", "\u202e", "\u2028"} & set(page.text)


def test_the_page_says_all_a_report_has_to_say(report):
    text = Page(html(report, style=STYLE)).text
    for said in (
        report.title,
        report.definition,
        report.notes[0],
        "amounts in USD",
        "overdue",
        "1e5",
        "total",
    ):
        assert said in text


def test_a_bar_column_is_drawn_as_one(report):
    page = Page(html(report, style=STYLE))
    assert page.tags.count("svg") == 4
    assert "30%" in page.text


def test_the_main_money_of_a_report_gets_bars_but_that_of_a_list_does_not(report, records):
    without = [column for column in report.columns if column.kind != "bar"]
    rows = [{column.name: record[column.name] for column in without} for record in report.records()]
    drawn = Page(html(replace(report, columns=tuple(without), rows=rows), style=STYLE))
    assert drawn.tags.count("rect") == 4
    assert "svg" not in Page(html(records, style=STYLE)).tags


def test_it_follows_the_reader_in_dark_and_in_print(report):
    printed = html(report, style=STYLE)
    assert "prefers-color-scheme: dark" in printed
    assert "@media print" in printed


def test_parts_are_sections_under_their_own_headings(summary):
    page = Page(html(summary, style=STYLE))
    assert page.tags.count("h1") == 1
    assert page.tags.count("section") == 3
    assert page.tags.count("h2") == 2

"""Formats by name and by file, and what each of them loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from salestrack.domain.money import NumberStyle
from salestrack.errors import RuleError, UsageError
from salestrack.render.formats import Format, Screen, error_json, format_for_path, printer

SCREEN = Screen(width=80, color=False, unicode=True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.json", "json"),
        ("x.jsonl", "jsonl"),
        ("a.b/X.CSV", "csv"),
        ("x.tsv", "tsv"),
        ("x.md", "md"),
        (Path("x.html"), "html"),
        ("x.txt", "plain"),
    ],
)
def test_a_file_name_says_its_format(path, expected):
    assert format_for_path(path) == expected


@pytest.mark.parametrize("path", ["x.xlsx", "x", ".json", "json"])
def test_a_file_name_that_says_nothing_is_refused_with_the_known_ones(path):
    with pytest.raises(UsageError) as refused:
        format_for_path(path)
    assert ".json .jsonl .csv .tsv .md .html .txt" in refused.value.hint


@pytest.mark.parametrize("chosen", list(Format))
@pytest.mark.parametrize("screen", [None, SCREEN])
@pytest.mark.parametrize("name", ["report", "records", "empty"])
def test_every_format_prints_every_document(chosen, screen, name, request):
    printed = printer(chosen, screen)(request.getfixturevalue(name))
    assert printed == "" or printed.endswith("\n")
    assert not printed.endswith("\n\n")
    printed.encode("utf-8")


@pytest.mark.parametrize("chosen", ["table", "plain", "json", "md", "html", "ids"])
def test_the_formats_that_can_hold_several_tables_do(chosen, summary):
    assert "d7" in printer(Format(chosen), SCREEN)(summary)


def test_a_table_off_a_terminal_is_plain(report):
    assert printer(Format.TABLE)(report) == printer(Format.PLAIN)(report)


def test_numbers_for_people_follow_the_configured_mark_and_those_for_programs_do_not(report):
    comma = NumberStyle(decimal=",")
    for chosen in (Format.TABLE, Format.PLAIN, Format.MD, Format.HTML):
        assert "3.510.578,00" in printer(chosen, Screen(200, color=False, unicode=True), style=comma)(report)
    for chosen in (Format.JSON, Format.JSONL, Format.CSV, Format.TSV):
        assert "3510578.00" in printer(chosen, SCREEN, style=comma)(report)


def test_an_error_has_a_json_form():
    assert json.loads(error_json(RuleError("no")))["exit_code"] == 1


LOADED = """
import sys
from salestrack.render.document import Column, Document
from salestrack.render.formats import Format, printer
document = Document(schema="salestrack/deals@1", columns=(Column(name="id", title="Id"),), rows=[("d1",)])
assert "d1" in printer(Format("{format}"))(document)
print(*({{name.partition(".")[0] for name in sys.modules}} & {{"rich", "tabulate", "typer", "jinja2"}}))
"""


@pytest.mark.parametrize(("chosen", "loaded"), [("json", ""), ("csv", ""), ("html", ""), ("plain", "tabulate")])
def test_a_printer_loads_its_library_and_no_other(chosen, loaded):
    code = LOADED.format(format=chosen)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == loaded

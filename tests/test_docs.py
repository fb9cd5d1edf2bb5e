"""The documents say what the program says: sessions are played, tables of words are read, pages are linked."""

import re
import runpy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.sessions import ROOT, Shell, pages, played_page

from salestrack.cli import program
from salestrack.cli.commands import ENTRIES, SECTIONS
from salestrack.domain.dates import Words, format_day, parse_future, parse_past
from salestrack.domain.money import parse_amount
from salestrack.domain.periods import parse_period
from salestrack.errors import ParseError, SalestrackError

WORDS = Words(date(2026, 3, 18))
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate_commands.py"))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_sessions_of_a_page_print_what_it_says(page, tmp_path):
    text = page.read_text(encoding="utf-8")

    assert played_page(text, Shell(tmp_path)) == text


def test_the_readme_begins_with_a_session():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert readme.count("```console\n$ salestrack") >= 2


def test_the_page_of_commands_is_what_the_help_says(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    assert GENERATOR["PAGE"].read_text(encoding="utf-8") == GENERATOR["commands_page"]()


def test_the_page_of_commands_names_every_exit_code():
    codes = {error.exit_code for error in [SalestrackError, *SalestrackError.__subclasses__()]}
    named = set(re.findall(r"^\| (\d+) \|", GENERATOR["HEAD"], re.MULTILINE))

    assert named == {str(code) for code in codes | {0, 130}}


def test_every_command_stands_in_one_section():
    listed = [name for names in SECTIONS.values() for name in names]

    assert sorted(listed) == sorted(ENTRIES)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Return every command with its words, the verbs of nouns among them."""
    yield "salestrack", []
    for name, entry in ENTRIES.items():
        for words in [[name], *([name, verb] for verb in entry.verbs or {})]:
            yield " ".join(words), words


def find_command(words: list[str]) -> Any:
    """Return the command of these words."""
    command: Any = program()
    for word in words:
        command = command.get_command(None, word)
    return command


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in commands()])
def test_every_command_and_every_option_has_a_help_line(words):
    command = find_command(words)

    assert command.help
    assert [param.name for param in command.params if not getattr(param, "help", None)] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_page_is_linked_from_the_readme_or_another_page():
    linked = {
        (page.parent / link).resolve()
        for page in pages()
        for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    }

    assert [path.name for path in (ROOT / "docs").glob("*.md") if path not in linked] == []


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading of docs/words.md, without marks of code."""
    text = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    below = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def read_or_refused(read: Any) -> str:
    """Return what a grammar makes of a word."""
    try:
        return read()
    except ParseError:
        return "refused"


def test_the_table_of_dates_is_what_the_grammar_reads():
    table = rows("Dates")
    read = [
        [
            word,
            read_or_refused(lambda word=word: format_day(parse_past(word, WORDS))),
            read_or_refused(lambda word=word: format_day(parse_future(word, WORDS))),
        ]
        for word, *_ in table
    ]

    assert table
    assert read == table


def test_the_table_of_periods_is_what_the_grammar_reads():
    table = rows("Periods")

    assert table
    assert [[word, parse_period(word, WORDS).text()] for word, _ in table] == table


def test_the_table_of_amounts_is_what_the_grammar_reads():
    table = rows("Amounts")
    read = [
        [word, read_or_refused(lambda word=word: parse_amount(word, currency="USD", decimal=".").text())]
        for word, _ in table
    ]

    assert table
    assert read == table


def test_no_page_names_a_folder_of_somebodys_machine():
    found = [
        f"{page.name}: {line}"
        for page in pages()
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.search(r"/(root|tmp|work|Users)/", line)
    ]

    assert found == []

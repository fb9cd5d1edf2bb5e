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
from salestrack.cli.completing import SHELLS
from salestrack.domain.dates import Words, format_day, parse_future, parse_past
from salestrack.domain.durations import format_minutes, parse_duration
from salestrack.domain.fields import Field, Manner, parse_type, parse_value, stored
from salestrack.domain.follow_ups import parse_wait
from salestrack.domain.money import parse_amount
from salestrack.domain.periods import parse_period
from salestrack.domain.recurring import parse_every
from salestrack.domain.refs import parse_refs
from salestrack.errors import ParseError, SalestrackError
from salestrack.store.triggers import JOURNALLED

WORDS = Words(date(2026, 3, 18))
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate_commands.py"))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_sessions_of_a_page_print_what_it_says(page, tmp_path):
    text = page.read_text(encoding="utf-8")

    assert played_page(text, Shell(tmp_path)) == text


def test_no_page_shows_a_command_that_broke_down():
    shown = [page.name for page in pages() if "salestrack: unexpected: " in page.read_text(encoding="utf-8")]

    assert shown == []


def test_the_readme_begins_with_a_session():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert readme.count("```console\n$ salestrack") >= 2


def test_the_page_of_commands_is_what_the_help_says(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    assert GENERATOR["PAGE"].read_text(encoding="utf-8") == GENERATOR["commands_page"]()


def test_the_page_of_commands_names_every_exit_code():
    codes = {error.exit_code for error in [SalestrackError, *SalestrackError.__subclasses__()]}
    named = set(re.findall(r"^\| (\d+) \|", GENERATOR["HEAD"], re.MULTILINE))

    assert named == {str(code) for code in codes | {0, 5, 130}}


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


READINGS = {
    "Lengths": lambda word: format_minutes(parse_duration(word)),
    "What repeats": lambda word: parse_every(word).text(),
    "Names and ids": lambda word: " ".join(map(str, parse_refs(word, "d"))),
    "Follow-ups": lambda word: parse_wait(word).text(),
}


@pytest.mark.parametrize("heading", READINGS)
def test_a_table_of_words_is_what_the_grammar_reads(heading):
    table = rows(heading)

    assert table
    assert [[word, read_or_refused(lambda word=word: READINGS[heading](word))] for word, _ in table] == table


def test_the_table_of_types_is_what_a_field_of_each_keeps():
    table = [row for row in rows("Fields") if len(row) == 3]
    manner = Manner(WORDS, ".", "USD")
    kept = [
        [name, typed, stored(parse_value(Field(1, "deal", "x", parse_type(name), ("gold", "silver")), typed, manner))]
        for name, typed, _ in table
    ]

    assert table
    assert kept == table


def done(shell: Shell, *commands: str) -> list[str]:
    """Run commands that must all end well; return what they print."""
    printed = [shell.run(command) for command in commands]
    assert [text for text in printed if "[exit" in text] == []
    return printed


def test_the_table_of_comparisons_says_what_they_find(tmp_path):
    shell = Shell(tmp_path)
    done(
        shell,
        "salestrack init --currency USD",
        "salestrack field add customer size number",
        "salestrack field add customer tier choice gold silver",
        "salestrack field add customer signed date",
        "salestrack customer add Acme --field size=40 --field tier=gold --field signed=2026-03-17",
        "salestrack customer add Globex --field size=1,200 --field tier=silver --field signed=2026-01-20",
        "salestrack customer add Initech",
    )
    table = [row for row in rows("Fields") if len(row) == 2]

    def found(condition: str) -> str:
        printed = shell.run(f"salestrack customer list --field '{condition}' --sort id -f ids")
        return "refused" if "[exit" in printed else " ".join(printed.split())

    assert table
    assert [[condition, found(condition)] for condition, _ in table] == table


def test_the_table_of_points_says_what_they_are_given_for(tmp_path):
    shell = Shell(tmp_path)
    done(shell, "salestrack init --currency USD", "salestrack field add customer size number")
    table = rows("Points")
    refused = [[word, "refused"] for word, _ in table if "[exit" in shell.run(f"salestrack score add {word} 5")]
    listed = [line.split(",")[1] for line in shell.run("salestrack score list -f csv").splitlines()[1:]]

    assert refused == [row for row in table if row[1] == "refused"]
    assert listed == [said for _, said in table if said != "refused"]


def test_the_document_for_an_editor_can_be_saved_as_it_is_shown(tmp_path):
    shell = Shell(tmp_path)
    done(
        shell,
        "salestrack init --currency USD",
        'salestrack deal add 9000 "Acme Tools" Web --new',
    )
    page = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    (tmp_path / "wanted.toml").write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    shell.set("EDITOR", "cp wanted.toml")

    [answer] = done(shell, "salestrack deal edit d1 --editor")

    for said in ("title Web -> Website", "12,000.00 USD", "Tue 2026-03-31", "call after six", "+spring", "+web"):
        assert said in answer


def test_the_keystrokes_in_the_readme_are_counted_right_and_do_what_they_say(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Keystrokes\n")[2].partition("\n## ")[0]
    table = re.findall(r"^\| [^|]+ \| `([^`]+)` \| (\d+) \|$", text, re.MULTILINE)
    shell = Shell(tmp_path)
    done(
        shell,
        "salestrack init --currency USD",
        "salestrack deal add 12000 Acme Website --new",
        'salestrack deal add 4800 "Blue Harbor" Menus --new',
    )

    answers = done(shell, *(re.sub(r"^strk", "salestrack", typed) for typed, _ in table))

    assert len(table) == 10
    assert [(typed, str(len(typed) + 1)) for typed, _ in table] == table  # and Enter
    assert table[0][0] == "strk l c acme"
    assert answers[0].startswith("a1 call · Acme · ")
    assert answers[-1].startswith("undid ")


def test_the_readme_says_how_each_shell_learns_to_complete():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for shell in SHELLS:
        assert readme.count(f"salestrack completion {shell}") == 1


def test_the_command_that_the_architecture_adds_is_not_there_yet():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    added = re.findall(r"^Say, `salestrack ([a-z-]+) ", page, re.MULTILINE)

    assert len(added) == 1
    assert added[0] not in ENTRIES


def test_the_files_that_the_architecture_names_are_there():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:domain|reports|store|services|cli|render)/[\w/]+(?:\.\w+|/))`", page)

    assert named
    assert [name for name in named if not (ROOT / "src" / "salestrack" / name).exists()] == []


def test_the_page_on_storage_names_every_table_and_view(tmp_path):
    page = (ROOT / "docs" / "storage.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"\w+", cell)}
    shell = Shell(tmp_path)
    done(shell, "salestrack init --currency USD")
    asked = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' "
    listed = shell.run(f"salestrack sql \"{asked}AND name NOT LIKE '_sqlite%'\" -f tsv").splitlines()[1:]
    parts = re.compile(r"(name_search|search_[a-z]+)_(data|idx|content|docsize|config|words)")

    assert named == {name for name in listed if not parts.fullmatch(name)}


def test_the_page_on_storage_says_what_the_journal_does_not_know():
    page = (ROOT / "docs" / "storage.md").read_text(encoding="utf-8")
    tables = set(
        re.findall(r"`(\w+)`", page.partition("| table | holds |")[2].partition("\n\n")[0].replace("`fields`", ""))
    )
    said = set(re.findall(r"`(\w+)`", page.partition("\nNot in the journal")[2].partition("\nRenaming")[0]))

    assert {name for name in tables if not name.startswith("search_")} - set(JOURNALLED) == said


def test_no_page_names_a_folder_of_somebodys_machine():
    found = [
        f"{page.name}: {line}"
        for page in pages()
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.search(r"/(root|tmp|work|Users)/", line)
    ]

    assert found == []

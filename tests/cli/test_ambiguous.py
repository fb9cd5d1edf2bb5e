"""What could mean two things, or nothing, is refused with its readings, on every command that takes it; nothing is written."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

# word -> exit code, and what the refusal must name
DATES: dict[str, tuple[int, tuple[str, ...]]] = {
    "5/6/2026": (2, ("2026-06-05", "2026-05-06", "date_order")),
    "next mon": (2, ("2026-03-23", "2026-03-30")),
    "2m": (2, ("2 months", "2 minutes", "2mo")),
    "2026-02-30": (2, ("no day '2026-02-30' in the calendar",)),
    "31 jun": (2, ("31 jun",)),
    "12:60": (2, ("12:60",)),
    "": (2, ("empty", "''")),
    "someday": (2, ("'someday'",)),
    "4.3": (2, ("'4.3'",)),
}
AMOUNTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "1.200": (2, ("1200", "1.20")),
    ",200": (2, ("',200'", "$1200", "shell")),
    "00": (2, ("'00'", "$1200", "shell")),
    "007": (2, ("'007'", "zero")),
    "1e3": (2, ("'1e3'",)),
    "-50": (2, ("-50", "refund")),
    "10.999.99": (2, ("'10.999.99'",)),
    "10,99,99": (2, ("'10,99,99'",)),
    "1200.999": (2, ("too many decimals",)),
    "nan": (2, ("'nan'",)),
    "1,200.5.0": (2, ("1,200.5.0",)),
    "12 eur usd": (2, ("12 eur usd",)),
    "": (2, ("empty", "''")),
}
WRITES_WITH_A_DATE = (
    ("log", "call", "acme tools", "-d"),
    ("sell", "100", "acme tools", "--new", "-d"),
    ("won", "d1", "-d"),
    ("lost", "d1", "price", "-d"),
    ("move", "d1", "proposal", "-d"),
    ("refund", "s1", "-d"),
    ("deal", "add", "100", "acme tools", "Shop", "--close"),
    ("deal", "add", "100", "acme tools", "Shop", "-d"),
    ("deal", "edit", "d1", "--close"),
    ("log", "call", "acme tools", "--next"),
    ("done", "a1", "--next"),
    ("push", "d1"),
    ("plan", "call", "acme tools"),
    ("snooze", "d1"),
)
WRITES_WITH_AN_AMOUNT = (
    (("sell",), ("acme tools",)),
    (("won", "d1"), ()),
    (("refund", "s1"), ()),
    (("deal", "add"), ("acme tools", "Shop")),
    (("deal", "edit", "d1", "--amount"), ()),
    (("sale", "edit", "s1", "--amount"), ()),
    (("product", "add", "Build"), ()),
    (("quota", "set"), ("2026Q1",)),
)
NAMES: dict[str, tuple[str, ...]] = {
    "acne tools": ("no customer", "Acme Tools"),
    "blu": ("Blue Harbor (c2)", "Blue Note (c3)"),
    "blue": ("Blue Harbor (c2)", "Blue Note (c3)"),
    "7": ("bare number",),
    "c99": ("c99",),
    "": ("called ''",),
}


@pytest.fixture
def started(run: Run, book: Path) -> tuple[Run, Path]:
    for line in (
        "deal add 1000 'Acme Tools' Web --new",
        "customer add 'Blue Harbor'",
        "customer add 'Blue Note'",
        "sell 500 'Acme Tools' --deal d1",
        "plan call 'Acme Tools' fri",
    ):
        run(line, ok=True)
    return run, book


def refused(started: tuple[Run, Path], words: list[str], code: int, named: tuple[str, ...]) -> None:
    run, book = started
    before = book.read_bytes()
    result = run(words)
    assert result.exit_code == code, f"{words}\n{result.stdout}{result.stderr}"
    assert result.stdout == ""
    assert result.stderr.startswith("salestrack: ")
    assert "hint: " in result.stderr, words
    assert any(name in result.stderr for name in named) if "" in words else all(name in result.stderr for name in named)
    assert book.read_bytes() == before, f"{words} was refused, and the book has changed"


@pytest.mark.parametrize(("words", "date"), [*itertools.product(WRITES_WITH_A_DATE, DATES)])
def test_a_date_that_could_be_two_days_is_never_guessed(
    started: tuple[Run, Path], words: tuple[str, ...], date: str
) -> None:
    code, named = DATES[date]
    looking_forward = words[-1] in {"--close", "--next", "d1", "acme tools"}
    if date == "2m":
        named = ("2 months", "2mo")
    if date == "next mon" and not looking_forward:
        named = ("next mon",)
    refused(started, [*words, date], code, named)


@pytest.mark.parametrize(("words", "amount"), [*itertools.product(WRITES_WITH_AN_AMOUNT, AMOUNTS)])
def test_an_amount_that_could_be_two_sums_is_never_guessed(
    started: tuple[Run, Path], words: tuple[tuple[str, ...], tuple[str, ...]], amount: str
) -> None:
    code, named = AMOUNTS[amount]
    if amount == "-50":
        named = ("-50",)
    refused(started, [*words[0], amount, *words[1]], code, named)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "words",
    [
        ("log", "call"),
        ("plan", "call"),
        ("sell", "100"),
        ("deal", "add", "100"),
        ("won",),
        ("push",),
        ("move",),
        ("lost",),
    ],
)
def test_a_name_that_could_be_two_customers_is_never_guessed(
    started: tuple[Run, Path], words: tuple[str, ...], name: str
) -> None:
    if name in {"7", "c99"} and len(words) == 1:
        pytest.skip("a bare number names a deal here")
    rest = {"plan": ["fri"], "deal": ["Shop"], "push": ["eom"], "move": ["proposal"], "lost": ["price"]}.get(
        words[0], []
    )
    run, book = started
    before = book.read_bytes()
    result = run([*words, name, *rest])
    assert result.exit_code in {2, 4}, result.stderr
    assert any(one in result.stderr for one in NAMES[name])
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("log cal acme", "call (c)"),
        ("move d1 propsal", "Proposal"),
        ("lost d1 prize", "price"),
        ("log call 'acme tools' --outcome conected", "connected"),
        ("log call 'acme tools' --for 1:75", "1:75"),
        ("log call 'acme tools' --for 90x", "90x"),
        ("deal add 100 'acme tools' Shop --owner nobody", "nobody"),
        ("deal add 100 'acme tools' Shop --product Bild", "Bild"),
        ("deal list --stage propsal", "Proposal"),
        ("report sumary", "summary"),
        ("report 2026Q7", "2026Q7"),
        ("deal list --sort amont", "amount"),
        ("deal list -f jsn", "json"),
        ("cutomer list", "customer"),
        ("customer lst", "list"),
        ("deal list --ownr ana", "--owner"),
        ("config set decmal ,", "decimal"),
        ("field add customr size number", "customer"),
        ("follow-up add dmo call +2d", "demo"),
    ],
)
def test_a_misspelling_is_refused_with_what_was_likely_meant(started: tuple[Run, Path], line: str, named: str) -> None:
    run, book = started
    before = book.read_bytes()
    result = run(line)
    assert result.exit_code in {1, 2, 4}, result.stderr
    assert named in result.stderr, result.stderr
    assert book.read_bytes() == before


def test_every_amount_that_is_written_is_echoed(started: tuple[Run, Path]) -> None:
    run, _ = started
    for number, (typed, meant) in enumerate(
        (
            ("1200", "1,200.00"),
            ("1,200.50", "1,200.50"),
            ("1.5k", "1,500.00"),
            ("$1,200", "1,200.00"),
            ("12.5", "12.50"),
        )
    ):
        assert run(["sell", typed, "Blue Note"], ok=True).stdout.startswith(f"s{number + 2} · {meant} USD · "), typed
    assert "1,200.00 EUR" in run(["sell", "1200eur", "Blue Note"], ok=True).stdout

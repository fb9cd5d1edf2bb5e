"""find: every word, case and accents aside, in names and notes of every kind."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def filled(run: Run) -> Run:
    for line in (
        "customer add 'Blue Harbor Café' --alias bhc --email hello@blueharbor.example --phone '+49 30 555-0123'",
        "deal add 12000 Acme 'Website relaunch' --new",
        "log call acme 'sent the PROPOSAL for Ümläut, they also asked for the shop'",
        "sell 350 bhc Menu cards --ref INV-2026-7",
        "product add 'Care plan' 90",
        "contact add 'Zoë Quist' acme --phone '(212) 555 77 88'",
    ):
        run(line, ok=True)
    return run


def test_another_name_finds_the_customer_that_it_is_of(run: Run) -> None:
    for line in (
        "customer add Acme",
        "customer add Birch",
        "customer add 'Blue Harbor' --alias bhc --alias harbourside",
    ):
        run(line, ok=True)
    assert ids(run, "bhc") == ids(run, "harbour") == ["c3"]


def ids(run: Run, *words: str) -> list[str]:
    return list(run(["find", *words, "-f", "ids"], ok=True).stdout.split())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["prop"], ["a1"]),
        (["offr"], []),
        (["CAFE"], ["c1"]),
        (["bhc"], ["c1"]),
        (["umlaut", "shop"], ["a1"]),
        (["umlaut", "website"], []),
        (["the shop"], ["a1"]),
        (["shop the"], []),
        (["5550123"], ["c1"]),
        (["555", "0123"], ["c1"]),
        (["0123"], ["c1"]),
        (["2125557788"], ["n1"]),
        (["7788"], ["n1"]),
        (["hello@blueh"], ["c1"]),
        (["inv-2026"], ["s1"]),
        (["care"], ["p1"]),
        (["zoe"], ["n1"]),
        (["relaunch"], ["d1"]),
    ],
)
def test_words_are_found_from_their_beginning_and_all_of_them(filled: Run, words: list[str], found: list[str]) -> None:
    assert ids(filled, *words) == found


@pytest.mark.parametrize(
    "text",
    ['"', '""', "*", "a*", "AND", "NOT a", "a OR", "NEAR(a b, 2)", "title:x", "^a", "-x", "a -b", "(", "))", "🎉", "\u202eabc",
     "שלום", "'; DROP TABLE deals; --", "%", "_", "\\", "a\tb", "\u0000x", "x" * 5000, "a " * 2000, "+", "{a b}:c"],
)  # fmt: skip
def test_no_text_is_an_error(filled: Run, text: str) -> None:
    result = filled(["find", "--", text])
    assert result.exit_code == 0, result.stderr


def test_nothing_found_says_so_and_what_may_have_been_meant(filled: Run) -> None:
    result = filled("find acmee", ok=True)
    assert result.stdout == "none\n"
    assert result.stderr == "note: nothing has 'acmee'; did you mean Acme?\n"


def test_each_kind_is_cut_to_the_limit_and_the_rest_is_announced(filled: Run) -> None:
    for number in range(7):
        filled(f"log call acme 'again and again {number}'", ok=True)
    data = json.loads(filled("find again -f json", ok=True).stdout)
    assert [row["id"] for row in data["rows"]] == ["a8", "a7", "a6", "a5", "a4"]
    assert data["more"] == ["activities"]
    assert len(ids(filled, "again", "--all")) == 7
    assert len(ids(filled, "again", "--limit", "2")) == 2


def test_only_the_kinds_that_are_asked_for_are_searched(filled: Run) -> None:
    filled("deal add 1 Acme 'Shop'", ok=True)
    assert ids(filled, "shop") == ["d2", "a1"]
    assert ids(filled, "shop", "--kind", "a") == ["a1"]
    assert ids(filled, "shop", "--kind", "deal") == ["d2"]
    assert filled("find shop --kind z").exit_code == 2


def test_a_merged_customer_is_found_as_the_one_that_it_became(filled: Run) -> None:
    filled("customer add 'Old Name Ltd'", ok=True)
    filled("customer merge c3 c2 -y", ok=True)
    assert ids(filled, "acme", "--kind", "c") == ["c3"]


def test_the_schema_of_a_find_has_every_field(filled: Run) -> None:
    data = json.loads(filled("find umlaut -f json", ok=True).stdout)
    assert data["schema"] == "salestrack/find@1"
    assert data["rows"] == [
        {
            "id": "a1",
            "kind": "activity",
            "name": "call",
            "customer": "Acme",
            "date": "2026-03-18",
            "text": "sent the PROPOSAL for Ümläut, they also asked for the shop",
        }
    ]


@pytest.fixture
def two_customers(run: Run) -> Run:
    for line in (
        "deal add 500 'Acme Tools' 'Website relaunch' --new",
        "deal add 500 'Blue Harbor' Website --new",
        "customer edit c2 --alias bhc",
        "log call acme asked about the website",
        "sell 100 acme Cards --deal d1",
        "contact add 'Ann Lee' acme",
    ):
        run(line, ok=True)
    return run


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["acme", "website"], ["d1", "a1"]),
        (["web", "acme", "tools"], ["d1", "a1"]),
        (["bhc", "web"], ["d2"]),
        (["blue", "harb", "website"], ["d2"]),
        (["ann", "acm"], ["n1"]),
        (["cards", "acme"], ["s1"]),
        (["acme", "tools"], ["c1"]),
        (["acme", "zebra"], []),
        (["acme", "bhc", "website"], []),
        (["acme website"], []),
        (["acme tools", "relaunch"], ["d1"]),
        (["relaunch website", "acme"], []),
        (["website relaunch", "acme"], ["d1"]),
    ],
)
def test_words_of_the_customers_name_count_for_what_is_its(
    two_customers: Run, words: list[str], found: list[str]
) -> None:
    assert ids(two_customers, *words) == found


def test_what_a_merged_customer_had_is_found_by_its_old_name(two_customers: Run) -> None:
    two_customers("customer merge c2 c1 -y", ok=True)
    assert ids(two_customers, "harbor", "website", "--kind", "d") == ["d2", "d1"]

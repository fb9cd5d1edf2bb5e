"""What docs/importing.md says: its example is the file beside it, its commands reach the totals of the public data."""

import re
import shlex
from itertools import chain

import pytest
from tests.sessions import ROOT

from salestrack.importers.kinds import KINDS
from salestrack.importers.profiles.parsing import _KEYS, _MONEY, _TESTS, FORMATS
from salestrack.importers.rewriting import RULES

PAGE = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")


def commands(folder: str) -> list[str]:
    """Return the commands that the page shows for a folder of public data."""
    (block,) = re.findall(rf"<!-- data: {folder} -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line.removeprefix("salestrack ") for line in block.splitlines()]


@pytest.fixture
def shown(run, book, real_data, monkeypatch):
    """Return a call that runs the commands for a folder twice; the second time nothing is new."""
    monkeypatch.setenv("SALESTRACK_TODAY", "2017-12-31")

    def both(folder: str) -> None:
        monkeypatch.chdir(real_data / folder)
        for line in commands(folder):
            run(line, ok=True)
        for line in commands(folder):
            if shlex.split(line)[0] == "import":
                assert " 0 new, 0 changed" in run(line, ok=True).stdout

    return both


def test_the_example_on_the_page_is_the_file_of_the_examples():
    for name, fence in (("kassomat.csv", "```"), ("kassomat.toml", "```toml")):
        assert f"{fence}\n{(ROOT / 'examples' / name).read_text(encoding='utf-8')}```\n" in PAGE


def test_every_key_of_the_format_is_described():
    table = PAGE.partition("## The format")[2].partition("## Without a profile")[0]

    for word in chain(_KEYS, _TESTS, FORMATS, _MONEY, RULES, KINDS):
        assert word == "name" or re.search(rf"\b{word}\b", table), word


@pytest.mark.real_data
def test_the_hardware_seller_comes_to_its_totals(shown, rows):
    shown("maven-crm")

    assert rows("SELECT s.name, count(*) FROM deals d JOIN stages s ON s.id = d.stage_id GROUP BY 1 ORDER BY 1") == [
        ["Engaging", "1589"], ["Lost", "2473"], ["Prospecting", "500"], ["Won", "4238"],
    ]  # fmt: skip
    assert rows("SELECT sum(amount) FROM deals WHERE status = 'won'") == [["1000553400"]]


@pytest.mark.real_data
def test_the_record_shop_comes_to_its_totals(shown, rows):
    shown("cdnow")

    assert rows("SELECT count(*), sum(amount), count(DISTINCT customer_id) FROM sales") == [
        ["6919", "24409194", "2357"]
    ]
    assert rows(
        "SELECT count(*) FROM (SELECT customer_id FROM sales GROUP BY 1 HAVING count(DISTINCT on_date) > 1)"
    ) == [["1139"]]


@pytest.mark.real_data
def test_the_jaffle_shop_comes_to_its_totals(shown, rows):
    shown("jaffle-shop")

    assert rows("SELECT sum(amount), count(DISTINCT customer_id) FROM sales") == [["167200", "62"]]
    assert rows("SELECT count(*) FROM (SELECT customer_id FROM deals GROUP BY 1 HAVING count(*) > 1)") == [["29"]]

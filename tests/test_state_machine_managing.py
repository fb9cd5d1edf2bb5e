"""Random command lines that edit, merge, remove, split, import and bend the process: n of them and n undos, the same book.

SALESTRACK_STRESS=1 runs many more and longer walks.
"""

import os
import shlex

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from tests.conftest import run_line
from tests.walks import Walk

from salestrack.errors import SalestrackError

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
EXAMPLES, STEPS = (150, 50) if STRESS else (12, 25)

numbers = st.integers(1, 6)
days = st.sampled_from(["", "-d -1d", "-d -5d", "-d -30d"])
dates = st.sampled_from(["2026-03-02", "2026-03-20", "2026-04-15", "2026-07-01"])
owners = st.sampled_from(["Ana", "Ben", "-"])
stages = st.sampled_from(["Lead", "Qualified", "Proposal", "Negotiation", "Trial"])

BEGINNING = """
owner add Ana
owner add Ben
field add deal size number
field add customer tier choice gold silver
deal add 900 Delta Roof --new --owner Ana -t warm --field size=4
deal add - 'Echo Ltd' Door --new --product 'Care plan'
contact add 'Eve Echo' 'Echo Ltd' --email eve@echo.example
sell 250 Delta Lamp --new -t shop
sell 500 Delta Retainer --every month
log call Acme hello --next +3d -t warm
log call 'Eve Echo' 'asked for a price'
plan call Delta +2d --every week
"""
DEAL_EDITS = (
    "--amount 1500", "--amount -", "--owner Ana", "--owner Ben", "--owner -", "--close 2026-05-01", "--close -",
    "--title Other", "--note 'a word'", "--source fair", "--probability 35", "--probability -", "-t hot", "--untag warm",
    "--field size=7", "--field size=-", "--stage Proposal", "--amount 1200 --correct", "--customer Delta",
    "--moved proposal=2026-03-01", "--created 2026-02-01",
)  # fmt: skip
OTHER_EDITS = (
    "edit c{n} --segment agency", "edit c{n} --name 'Renamed {n}'", "edit c{n} --phone '030 77 88 99{n}'",
    "edit c{n} --field tier=gold", "edit c{n} -t key", "edit s{n} --amount 333", "edit s{n} --date 2026-03-01",
    "edit s{n} --deal d1", "edit s{n} --deal -", "edit s{n} --note 'seen'", "edit s{n} --channel web",
    "edit a{n} --note changed", "edit a{n} --kind email", "edit a{n} --date 2026-03-01", "edit a{n} --deal d2",
    "edit p{n} --price 77", "edit p{n} --name 'Product {n}'", "edit n1 --role buyer", "edit n1 --customer Acme",
    "edit d1,d2,d3 --owner Ben -y", "edit d1-d4 --source fair -y", "edit c1,c2,c3 -t all -y", "edit c1-c3 --untag all -y",
    "sale edit s2 --price 600", "sale edit s2 --until 2026-12-01", "sale edit s2 --pause 2026-05-01",
)  # fmt: skip
PROCESS = (
    "stage add Trial --before Proposal", "stage rm Trial", "stage rm Proposal --move-to Qualified", "stage rm Qualified",
    "stage edit Proposal --name Offer", "stage edit Offer --name Proposal", "stage edit Proposal --probability 55",
    "stage edit Lead --before Proposal", "stage add Qualified", "stage add Proposal",
    "pipeline add partners --stages 'First 10, Second 50'", "pipeline edit partners --name resellers", "pipeline rm partners",
    "pipeline rm resellers", "kind add lunch", "kind edit lunch --name dinner", "kind rm dinner", "kind rm lunch", "kind add dinner",
    "outcome add 'left word' --counts-as 'no answer'", "outcome rm 'left word'",
    "reason add 'moved away'", "reason edit 'moved away' --name timing -y", "reason rm price", "reason add price",
    "tag edit warm hot -y", "tag rm hot -y", "tag edit hot warm -y", "owner rm Ben --to Ana", "owner add Ben", "owner edit Ana --name Anna",
    "owner edit Anna --name Ana", "field edit deal size --name volume", "field edit deal volume --name size", "field rm deal size",
    "field add deal size number", "days-off add 2026-04-01..2026-04-05 spring", "days-off add 2026-04-04..2026-04-08",
    "days-off rm 2026-04-02..2026-04-03", "rate set CHF 1.05 -d 2026-01-01", "rate set CHF 1.06 -d 2026-02-01", "rate rm CHF",
    "follow-up add --after call email +2d", "follow-up add --enters Proposal call +3d", "follow-up rm 1", "follow-up rm 2",
    "score add segment=agency 20", "score add call 10 --half-life 30", "score rm 1", "config set tax-rate 19",
    "config set closed-until 2026-02-28", "config set closed-until -", "config set reason-required no", "product rm p1", "product add Build 12",
)  # fmt: skip
DONE = (
    "won d{n} {d}", "lost d{n} timing {d}", "reopen d{n}", "move d{n} {stage} {d}", "push d{n} 2026-06-1{n}", "done a{n}",
    "snooze d{n} +4d", "snooze a{n} +4d", "snooze c{n} +1w", "snooze d{n} -", "refund s{n} 10", "log call c{n} word {d}",
    "plan call d{n} +3d", "sell 120 c{n} More -t shop", "sell 90chf c{n}", "deal add 400 c{n} Next --next +2d", "product add 'Part {n}' 5",
    "contact add 'Person {n}' c{n}", "customer add 'Customer {n}' --alias k{n}", "quota set 4000 2026-0{n}",
)  # fmt: skip


class CommandWalk(Walk):
    """Whole command lines, as they are typed, on one book."""

    @initialize()
    def begin(self) -> None:
        """Make the book of every walk, and bring more into it."""
        super().begin()
        for words in BEGINNING.strip().splitlines():
            self.line(words)

    def line(self, words: str) -> None:
        """Run a command line on the book; a refusal is raised, as the services do."""
        place = ["--db", str(self.folder / "sales.db"), "--today", self.now.isoformat(), "--no-input"]
        result = run_line([*place, *shlex.split(words)])
        assert "unexpected" not in result.stderr, f"{words}\n{result.stderr}"
        self.store.stages.refresh()
        if result.exit_code:
            raise SalestrackError(f"{words}: {result.stderr}")

    def typed(self, words: str) -> None:
        self.act(lambda: self.line(words))

    @rule(n=numbers, change=st.sampled_from(DEAL_EDITS), d=days)
    def edit_deal(self, n: int, change: str, d: str) -> None:
        self.typed(f"deal edit d{n} {change} {'' if 'correct' in change or 'moved' in change else d}")

    @rule(n=numbers, change=st.sampled_from(OTHER_EDITS))
    def edit(self, n: int, change: str) -> None:
        self.typed(change.format(n=n))

    @rule(change=st.sampled_from(PROCESS))
    def bend(self, change: str) -> None:
        self.typed(change)

    @rule(n=numbers, what=st.sampled_from(DONE), d=days, stage=stages)
    def do(self, n: int, what: str, d: str, stage: str) -> None:
        self.typed(what.format(n=n, d=d, stage=stage))

    @rule(n=numbers, m=numbers, noun=st.sampled_from(["customer", "contact", "deal"]))
    def merge(self, n: int, m: int, noun: str) -> None:
        letter = {"customer": "c", "contact": "n", "deal": "d"}[noun]
        self.typed(f"{noun} merge {letter}{n} {letter}{m}{'' if noun == 'deal' else ' -y'}")

    @rule(n=numbers, letter=st.sampled_from("cndsapq"), everything=st.booleans())
    def remove(self, n: int, letter: str, *, everything: bool) -> None:
        self.typed(f"rm {letter}{n} {'--all' if everything else ''} -y")

    @rule(n=numbers, part=st.sampled_from(["1", "100", "399.99", "5000"]))
    def split(self, n: int, part: str) -> None:
        self.typed(f"deal split d{n} {part} 'Phase two'")

    @rule(
        rows=st.dictionaries(numbers, st.tuples(stages, st.sampled_from(["100", "250", ""])), min_size=1),
        size=st.sampled_from(["", "3", "8"]),
    )
    def bring_in(self, rows: dict[int, tuple[str, str]], size: str) -> None:
        lines = ["id,title,customer,stage,amount,created,size"]
        lines += [
            f"{key},Deal {key},Delta,{stage},{amount},{self.on(9)},{size}" for key, (stage, amount) in rows.items()
        ]
        file = self.folder / "deals.csv"
        file.write_text("\n".join(lines))
        self.typed(f"import {file} --as deals")


@pytest.mark.stress
def test_as_many_undos_as_command_lines_give_back_the_same_book() -> None:
    run_state_machine_as_test(
        CommandWalk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

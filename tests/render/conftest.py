"""Documents that hold one of everything, and names that mean harm."""

from dataclasses import dataclass
from datetime import date

import pytest

from salestrack.domain.measures import Rate, Spread, Tally
from salestrack.domain.money import Money
from salestrack.render.document import Column, Document

HOSTILE = "<script>alert('x')</script>\x1b[31m\n|`a`*b*\u202eevil\x9b1m & \"q\", 'r'\u2028"


@dataclass(frozen=True)
class Year:
    start: date = date(2017, 1, 1)
    end: date = date(2017, 12, 31)
    label: str = "365d"


def usd(amount: int) -> Money:
    return Money(amount * 100, "USD")


COLUMNS = (
    Column(name="id", title="Id", kind="ref"),
    Column(name="key", title="Product name", shrink=True),
    Column(name="won", title="Won", kind="int"),
    Column(name="win_rate", title="Win rate", kind="rate"),
    Column(name="amount", title="Won amount", kind="money"),
    Column(name="share", title="", kind="bar"),
    Column(name="days", title="Median age", kind="days"),
    Column(name="probability", title="P", kind="percent"),
    Column(name="closed", title="Close", kind="date", due=True),
    Column(name="status", title="Status", tones={"behind": "bad", "ahead": "good"}),
    Column(name="attained", title="Attained", kind="share", wide=True),
    Column(name="cycle", title="Cycle", kind="spread", wide=True),
    Column(name="open", title="Still open", kind="tally", wide=True),
    Column(name="repeats", title="Repeats", kind="bool", wide=True),
    Column(name="tags", title="Tags", only_json=True),
)
FIRST = {
    "id": "p1",
    "key": "GTX Pro",
    "won": 729,
    "win_rate": Rate(value=4238 / 6711, n=6711, low=0.61993, high=0.64302),
    "amount": usd(3510578),
    "share": 1.0,
    "days": 51.777,
    "probability": 40,
    "closed": date(2017, 12, 1),
    "status": "behind",
    "attained": 1.05333,
    "cycle": Spread(n=4238, median=57.0, mean=51.7758, p90=120.0),
    "open": Tally(deals=12, amount=usd(1234)),
    "repeats": True,
    "tags": ("a", "b,c"),
}
SECOND = {
    **FIRST,
    "id": "p2",
    "key": "1e5",
    "won": 1,
    "win_rate": Rate(value=1 / 3, n=3, low=0.0615, high=0.7923),
    "amount": usd(-200),
    "share": 0.3,
    "days": 57.0,
    "closed": date(2018, 1, 5),
    "status": "ahead",
    "repeats": False,
    "tags": (),
}
THIRD = {**dict.fromkeys(FIRST), "id": "p3", "win_rate": Rate(value=None, n=0)}
FOURTH = {**FIRST, "id": "p4", "key": HOSTILE, "status": HOSTILE}


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def report() -> Document:
    """Return a report with every kind of value, rows as mappings and as sequences."""
    return Document(
        schema="salestrack/report.winloss@1",
        title="Won and lost by product",
        as_of=date(2017, 12, 31),
        period=Year(),
        definition="win rate = won / (won + lost), by close date – with a Wilson 95 % interval",
        columns=COLUMNS,
        rows=[FIRST, tuple(SECOND.values()), THIRD, FOURTH],
        totals={
            "won": 731,
            "win_rate": Rate(value=4238 / 6711, n=6711, low=0.61993, high=0.64302),
            "amount": usd(7020956),
            "overdue": Tally(deals=1, amount=usd(9)),
        },
        notes=("a deal of two tags stands in two rows", HOSTILE),
        extra={"unconverted": [{"currency": "CHF", "amount": Money(100, "CHF"), "count": 1}]},
    )


@pytest.fixture
def records() -> Document:
    """Return a list of records in two currencies."""
    return Document(
        schema="salestrack/deals@1",
        columns=(
            Column(name="id", title="Id", kind="ref"),
            Column(name="title", title="Title", shrink=True),
            Column(name="amount", title="Amount", kind="money"),
        ),
        rows=[("d1", "Website", usd(1200)), ("d2", "株式会社", Money(5000, "JPY")), ("d3", "", None)],
    )


@pytest.fixture
def empty(report) -> Document:
    """Return a report of which nothing is left but its columns."""
    return Document(schema=report.schema, columns=report.columns)


@pytest.fixture
def summary(report, empty) -> Document:
    """Return a report made of others, with the next steps as a table of its own."""
    steps = Document(
        schema="salestrack/actions@1",
        title="Next steps",
        columns=(Column(name="ref", title="", kind="ref"), Column(name="command", title="Command")),
        rows=[("d7", "salestrack push d7 +2w"), ("d7", "salestrack show d7"), (None, "salestrack today")],
    )
    return Document(
        schema="salestrack/report.summary@1",
        title="The week so far",
        as_of=report.as_of,
        period=report.period,
        parts=(report, empty),
        extra={"actions": steps},
    )

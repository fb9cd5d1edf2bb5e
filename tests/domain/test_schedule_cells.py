"""How something repeats, as one cell: what is written is read again, and what is not understood is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.recurring import Every
from salestrack.domain.schedule_cells import Repeated, read, written
from salestrack.domain.schedules import Price
from salestrack.errors import ParseError

MAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("cell", "repeated"),
    [
        ("month", Repeated(Every(months=1))),
        ("2 weeks until 2026-05-01", Repeated(Every(days=14), until=MAY)),
        ("month at 100.00", Repeated(Every(months=1), 10000)),
        ("quarter at 5 from 2026-05-01", Repeated(Every(months=3), 500, MAY)),
        ("month; 120.00 from 2026-05-01", Repeated(Every(months=1), prices=(Price(MAY, 12000),))),
        ("year;  paused from  2026-05-01 ", Repeated(Every(months=12), prices=(Price(MAY, None),))),
        ("1m", Repeated(Every(months=1))),
        ("monthly", Repeated(Every(months=1))),
    ],
)
def test_a_cell_says_how_often_and_what_each_time_is_worth_from_when_until_when(cell, repeated):
    assert read(cell, "EUR") == repeated


@pytest.mark.parametrize(
    "cell",
    ["often", "biweekly", "month at x", "month until May", "month until 2026-02-30", "month; 3", "month; 3 from", ";",
     "month at -3", "month; 3 from 2026-05-01; 4 from 2026-05-01", "month at 1.234", "until 2026-05-01", "month from"],
)  # fmt: skip
def test_anything_else_is_refused(cell):
    with pytest.raises(ParseError):
        read(cell, "EUR")


DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 31))
AMOUNTS = st.none() | st.integers(0, 10**9)
EVERY = st.integers(1, 120).map(lambda n: Every(months=n)) | st.integers(1, 3660).map(lambda n: Every(days=n))
PRICES = st.dictionaries(DAYS, AMOUNTS, max_size=4).map(
    lambda found: tuple(sorted(Price(*each) for each in found.items()))
)


REPEATED = st.tuples(EVERY, AMOUNTS, st.none() | DAYS, st.none() | DAYS, PRICES).map(lambda parts: Repeated(*parts))


@given(REPEATED, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_written_is_read_again(repeated, currency):
    assert read(written(repeated, currency), currency) == repeated

"""The life of a made-up sales team: deals with their versions and activities, drawn from a seed."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

YEARS = 6
DAYS = YEARS * 365
OWNERS = ("Ada Berg", "Bo Lindqvist", "Carla Reyes", "Dan Okafor", "Eva Novak", "Finn Moore", "Gita Rao", "Hal Stone")
PRODUCTS = (
    ("Audit", 95_000),
    ("Build", 1_200_000),
    ("Care plan", 240_000),
    ("Training", 180_000),
    ("Workshop", 65_000),
)  # name, price in minor units
CURRENCY = "USD"
WON, LOST = 4, 5  # places of the closing stages behind Lead, Qualified, Proposal, Negotiation
STAGES = ("Lead", "Qualified", "Proposal", "Negotiation", "Won", "Lost")
ACTIVITIES_PER_DEAL = 5
DEALS_PER_CUSTOMER = 20
OPEN_SHARE = 0.02
_OPEN_WITHIN = 180  # an open deal is at most so many days old
_KINDS = ("call", "call", "email", "email", "meeting", "demo", "note")
_FIRST = ("Alder", "Birch", "Cedar", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Iris", "Juniper")
_SECOND = ("Foods", "Health", "Logistics", "Media", "Partners", "Retail", "Systems", "Travel", "Works", "Energy")


class Step(NamedTuple):
    """A version of a deal: the day it begins on, its stage's place, quantity sold, and expected close."""

    day: int
    stage: int
    since: int
    quantity: int
    expected: int


class Event(NamedTuple):
    """An activity on a deal: its kind, the day, and whether it has happened."""

    kind: str
    day: int
    done: bool


class Life(NamedTuple):
    """One deal from its first day on; customer, owner and product count from 1."""

    number: int
    customer: int
    owner: int
    product: int
    steps: tuple[Step, ...]
    events: tuple[Event, ...]

    @property
    def is_open(self) -> bool:
        """Say whether the deal is open still."""
        return self.steps[-1].stage < WON

    @property
    def price(self) -> int:
        """The price of its product in minor units."""
        return PRODUCTS[self.product - 1][1]

    @property
    def amount(self) -> int:
        """What it is worth now, in minor units."""
        return self.steps[-1].quantity * self.price


class Calendar:
    """The days of a sample as ISO text: number DAYS is the last one, today."""

    def __init__(self, today: date) -> None:
        # Some days beyond the last: what is planned lies ahead.
        self._texts = [(today + timedelta(days=i - DAYS)).isoformat() for i in range(DAYS + 400)]

    def __getitem__(self, day: int) -> str:
        """Return a day as ISO text."""
        return self._texts[day]


def customers(deals: int) -> int:
    """Return how many customers a sample of so many deals has."""
    return max(deals // DEALS_PER_CUSTOMER, 2)


def customer_name(number: int) -> str:
    """Return the name of a customer; the first one's words are its own."""
    if number == 1:
        return "Quillworth Zephyr"
    return f"{_FIRST[number % 10]} {_SECOND[number // 10 % 10]} {number}"


def lives(deals: int, seed: int) -> Iterator[Life]:
    """Draw deals in the order of their first days.

    The first customer's twenty come first and are the same in every size, so that what is shown of it is the same.
    """
    rng = Random(seed)
    count = customers(deals)
    for number in range(1, deals + 1):
        first = number <= DEALS_PER_CUSTOMER
        created = rng.randrange(DAYS - 100) if first else number * DAYS // (deals + 1)
        customer = 1 if first else 2 + int(rng.random() * (count - 1))
        recent = not first and created > DAYS - _OPEN_WITHIN
        if number == 1 or (recent and rng.random() < OPEN_SHARE * DAYS / _OPEN_WITHIN):
            steps = _open_steps(rng, created)
        else:
            steps = _closed_steps(rng, created)
        owner, product = 1 + int(rng.random() * len(OWNERS)), 1 + int(rng.random() * len(PRODUCTS))
        yield Life(number, customer, owner, product, steps, _events(rng, steps))


def _open_steps(rng: Random, created: int) -> tuple[Step, ...]:
    stages = range(int(rng.random() * 4) + 1)
    return _walked(rng, created, DAYS, tuple(stages), expected=DAYS - 20 + int(rng.random() * 120))


def _closed_steps(rng: Random, created: int) -> tuple[Step, ...]:
    end = created + 3 + int(rng.expovariate(1 / 55))
    if end > DAYS:
        end = created + int(rng.random() * (DAYS - created + 1))
    chance = rng.random()
    between: tuple[int, ...] = () if chance < 0.4 else (1 + int(rng.random() * 3),) if chance < 0.8 else (1, 2)
    last = WON if rng.random() < 0.55 else LOST
    return _walked(rng, created, end, (0, *between, last), expected=end + 10)


def _walked(rng: Random, created: int, end: int, stages: tuple[int, ...], *, expected: int) -> tuple[Step, ...]:
    """Walk through stages from the first day to the last; the deal may grow once, at its last step."""
    quantity = 1 + int(rng.random() * 6)
    days = sorted(created + int(rng.random() * (end - created + 1)) for _ in stages[1:])
    if stages[-1] >= WON:
        days[-1] = end
    steps = [Step(created, stages[0], created, quantity, expected)]
    for day, stage in zip(days, stages[1:], strict=True):
        if stage == stages[-1] and rng.random() < 0.25:
            quantity += 1
        steps.append(Step(day, stage, day, quantity, expected))
    return tuple(steps)


def _events(rng: Random, steps: tuple[Step, ...]) -> tuple[Event, ...]:
    start, is_open = steps[0].day, steps[-1].stage < WON
    span = (DAYS if is_open else steps[-1].day) - start + 1
    done = ACTIVITIES_PER_DEAL - is_open
    events = [Event(_KINDS[int(rng.random() * 7)], start + int(rng.random() * span), done=True) for _ in range(done)]
    if is_open and rng.random() < 0.8:
        # A tenth of the next steps is overdue; a fifth of the open deals has none.
        events.append(Event("call", DAYS - 3 + int(rng.random() * 30), done=False))
    return tuple(events)

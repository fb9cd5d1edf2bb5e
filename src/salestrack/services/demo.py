"""A year of sample sales, the same for the same day: for the demonstration, the documents and the tests."""

import random
from datetime import date, datetime, time, timedelta

from salestrack.domain.customers import Customer, Who
from salestrack.domain.dates import Words
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.periods import period_of
from salestrack.domain.products import Product
from salestrack.services import activities, deals, demo_story, quotas, sales
from salestrack.services.activities import Happening, Step, Target
from salestrack.services.pushes import push_deal
from salestrack.services.who import Found
from salestrack.store import Store

SEED = 2026
CUSTOMERS = (
    ("Acme Tools", "manufacturing"), ("Northwind Traders", "retail"), ("Blue Harbor Cafe", "hospitality"),
    ("Larkspur Dental", "health"), ("Finch & Sons", "construction"), ("Meridian Labs", "health"),
    ("Oakline Furniture", "retail"), ("Pinewood School", "education"), ("Quarry Street Gym", "fitness"),
    ("Riverbend Hotel", "hospitality"), ("Sable Architects", "construction"), ("Tern Logistics", "transport"),
    ("Umber Press", "media"), ("Vantage Optics", "health"), ("Willow Garden Centre", "retail"),
)  # fmt: skip
PRODUCTS = (("Website", 480000), ("Shop", 920000), ("Care plan", 36000), ("Workshop", 150000))
SOURCES = ("referral", "website", "trade fair", "cold call")
REASONS = ("price", "no answer", "timing", "competitor")
STAGES = ("Qualified", "Proposal", "Negotiation")


DEALS = 60
DAYS = 380
QUOTA = "24000"


def fill(store: Store, *, today: date) -> None:
    """Fill an empty book in US dollars with customers, deals on their way, activities, sales and quotas."""
    _Sample(store, today).fill()


class _Sample:
    def __init__(self, store: Store, today: date) -> None:
        self.store = store
        self.today = today
        self.chance = random.Random(SEED)
        self.words = random.Random(SEED)

    def fill(self) -> None:
        customers, products = self._people_and_things()
        demo_story.add_people(self.store, customers)
        target = quotas.Target(metric="revenue", amount=QUOTA, decimal=".")
        months = [
            period_of("month", self.today - timedelta(days=30 * back), Words(self.today)) for back in range(12, -1, -1)
        ]
        quotas.set_quotas(
            self.store,
            target,
            [*months, period_of("month", self.today + timedelta(days=31), Words(self.today))],
        )
        for number in range(DEALS):
            opened = self._working(self.today - timedelta(days=DAYS - number * (DAYS - 4) // DEALS))
            self._deal(self.chance.choice(customers), self.chance.choice(products[:2]), opened)
        for number in range(24):
            self._sale(
                self.chance.choice(customers),
                self.chance.choice(products[2:]),
                self.today - timedelta(days=number * 15),
            )
        demo_story.tell(self.store, products, today=self.today)

    def _people_and_things(self) -> tuple[list[Customer], list[Product]]:
        since = self.today - timedelta(days=400)
        with self.store.operation("added") as op:
            customers = [
                self.store.customers.add(Customer(name=name, segment=segment, created_on=since), op=op.id)
                for name, segment in CUSTOMERS
            ]
            products = [
                self.store.products.add(Product(name=name, price=Money(price, "USD")), currency="USD", op=op.id)
                for name, price in PRODUCTS
            ]
        return customers, products

    def _deal(self, customer: Customer, product: Product, opened: date) -> None:
        assert product.price
        amount = Money(product.price.minor * self.chance.randint(8, 16) // 10 // 10000 * 10000, "USD")
        new = deals.NewDeal(
            title=product.name,
            amount=amount,
            on=opened,
            expected_on=opened + timedelta(days=self.chance.randint(30, 75)),
            source=self.chance.choice(SOURCES),
            lines=(Line(product_id=product.id, product=product.name, price=amount.minor, amount=amount.minor),),
        )
        deals.add_deal(self.store, _found(customer), new, now=self._at(opened))
        key = int(self.store.engine.value("SELECT max(id) FROM deals"))
        self._walk(customer, key, opened)

    def _walk(self, customer: Customer, key: int, day: date) -> None:
        """Take a deal through its stages until it ends or today is reached."""
        target = Target(_found(customer), key, None, None)
        for stage in (*STAGES, "end"):
            self._log(target, self.chance.choice(("call", "email", "meeting")), day)
            day = self._working(day + timedelta(days=self.chance.randint(6, 26)))
            if day > self.today:
                break
            deal = self.store.deals.get(key)
            if stage == "end" or self.chance.random() < 0.13:
                self._close(key, day, won=stage == "end" and self.chance.random() < 0.72)
                return
            deals.move_deal(self.store, deal, stage, on=day)
            if stage == "Proposal":
                self._log(target, "demo", day)
        self._stay_open(target, key)

    def _stay_open(self, target: Target, key: int) -> None:
        deal = self.store.deals.get(key)
        if self.chance.random() < 0.3 and deal.expected_on:
            later = max(deal.expected_on, self.today) + timedelta(days=self.chance.randint(3, 30))
            push_deal(self.store, deal, later, None, on=self.today, now=self._at(self.today))
        if self.chance.random() < 0.65:
            due = self._working(self.today + timedelta(days=self.chance.randint(-3, 9)))
            step = Step(self.chance.choice(("call", "email", "demo")), due)
            activities.plan(self.store, target, step, now=self._at(self.today), owner_id=None)

    def _close(self, key: int, day: date, *, won: bool) -> None:
        deal = self.store.deals.get(key)
        if won:
            deals.win_deal(self.store, deal, None, on=day)
        else:
            deals.lose_deal(self.store, deal, self.chance.choice(REASONS), None, on=day, new_reason=False)

    def _sale(self, customer: Customer, product: Product, on: date) -> None:
        assert product.price
        line = Line(product_id=product.id, product=product.name, price=product.price.minor, amount=product.price.minor)
        new = sales.NewSale(amount=product.price, on=on, title=product.name, lines=(line,), channel="direct")
        sales.sell(self.store, _found(customer), new, sales.Belongs(None, None))

    def _log(self, target: Target, kind: str, day: date) -> None:
        outcome = self.chance.choice(("connected", "connected", "no answer")) if kind == "call" else None
        what = Happening(
            kind,
            day,
            time(9 + self.chance.randint(0, 8), 15),
            self.chance.choice((10, 20, 45)),
            "out",
            outcome,
            self.words.choice(demo_story.NO_ANSWER if outcome == "no answer" else demo_story.NOTES[kind]),
        )
        activities.log(self.store, target, what, now=self._at(day), owner_id=None)

    def _working(self, day: date) -> date:
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, time(12, 0))


def _found(customer: Customer) -> Found:
    return Found(Who(customer_id=customer.id, name=customer.name))

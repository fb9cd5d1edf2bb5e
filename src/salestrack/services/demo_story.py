"""What makes the sample book look lived in: people, remarks, and what stands for this week."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from salestrack.domain.customers import Contact, Customer, Who
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.products import Product
from salestrack.domain.recurring import Every
from salestrack.domain.refs import Ref
from salestrack.services import activities, deals, sales
from salestrack.services.activities import Happening, Step, Target
from salestrack.services.field_definitions import add_field
from salestrack.services.fields import FieldChange
from salestrack.services.follow_ups import add_rule
from salestrack.services.recurring import Repeating
from salestrack.services.scores import add_rule as add_points
from salestrack.services.snoozing import snooze
from salestrack.services.who import Found
from salestrack.store import Store


class Person(NamedTuple):
    """Somebody at a customer of the sample book, with the size of the customer."""

    customer: str
    name: str
    role: str
    address: str
    number: str
    size: str


PEOPLE = (
    Person("Acme Tools", "Ann Lee", "head of marketing", "ann@acme.example", "+1 212 555 0142", "large"),
    Person("Northwind Traders", "Marco Ruiz", "owner", "marco@northwind.example", "+1 312 555 0117", "medium"),
    Person("Blue Harbor Cafe", "Joy Okafor", "owner", "joy@blueharbor.example", "+1 206 555 0163", "small"),
    Person("Larkspur Dental", "Dr. Ines Kohl", "partner", "ines@larkspur.example", "+1 415 555 0129", "small"),
    Person("Finch & Sons", "Tom Finch", "director", "tom@finch.example", "+1 617 555 0188", "medium"),
    Person("Oakline Furniture", "Priya Nair", "e-commerce", "priya@oakline.example", "+1 503 555 0171", "medium"),
    Person("Quarry Street Gym", "Lena Holt", "manager", "lena@quarrygym.example", "+1 718 555 0135", "small"),
    Person("Umber Press", "Sam Adeyemi", "publisher", "sam@umber.example", "+1 646 555 0154", "medium"),
    Person("Willow Garden Centre", "Ruth Brandt", "owner", "ruth@willow.example", "+1 541 555 0106", "large"),
)
NOTES = {
    "call": ("asked about the price", "wants it before summer", "will talk to the partner first", "happy with the demo",
             "compares us with one other", "asked for references"),
    "email": ("sent the quote", "sent two references", "answered their questions on hosting", "sent the timetable"),
    "meeting": ("went through the scope", "met the whole team", "walked through the old site"),
    "demo": ("liked the booking page", "asked about payments", "wants the same, with less text"),
}  # fmt: skip
NO_ANSWER = ("left a message", "out until Monday", "called too early")
RETAINERS = (("Meridian Labs", 45000, 210), ("Riverbend Hotel", 36000, 130), ("Tern Logistics", 60000, 50))
WINS = (9, 1)  # days ago


def add_people(store: Store, customers: list[Customer]) -> None:
    """Give customers somebody to talk to, an address, a number and a size."""
    add_field(store, "customer", "size", "choice", ("small", "medium", "large"))
    known = {customer.name: customer for customer in customers}
    with store.operation("added") as op:
        for person in PEOPLE:
            customer = known[person.customer]
            store.contacts.add(
                Contact(
                    name=person.name,
                    customer_id=customer.id,
                    email=person.address,
                    phone=person.number,
                    role=person.role,
                ),
                op=op.id,
            )
            reached = customer._replace(email=f"hello@{person.address.partition('@')[2]}", phone=person.number)
            store.customers.save(customer, reached)
            FieldChange("size", person.size).apply(store, Ref("c", customer.id), op=op, on=date.min)


def tell(store: Store, products: list[Product], *, today: date) -> None:
    """Add what stands for this week: deals that were won, retainers, rules, steps that are due, a deal that sleeps."""
    story = _Story(store, today)
    story.win()
    for name, price, days in RETAINERS:
        story.retain(name, products[2], Money(price, "USD"), today - timedelta(days=days))
    story.set_rules()
    story.plan()


class _Story:
    def __init__(self, store: Store, today: date) -> None:
        self.store = store
        self.today = today
        self.now = datetime.combine(today, time(8, 30))

    def win(self) -> None:
        """Win a few of the deals that are being negotiated, and for which no step is planned yet if there are enough."""
        open_deals = self._open("Negotiation")
        free = [deal for deal in open_deals if not self._steps(deal)]
        for deal, days in zip(free + [deal for deal in open_deals if deal not in free], WINS, strict=False):
            day = self.today - timedelta(days=days)
            day -= timedelta(days=max(0, day.weekday() - 4))
            if deal.stage_since and deal.stage_since < day:
                for step in self._steps(deal):
                    activities.finish(self.store, step, Happening("call", day, time(10), follow=False), now=self.now)
                deals.win_deal(self.store, deal, None, on=day)

    def retain(self, name: str, product: Product, each: Money, since: date) -> None:
        """Sell a customer something that is paid every month."""
        line = Line(product_id=product.id, product=product.name, price=each.minor, amount=each.minor)
        new = sales.NewSale(
            amount=each, on=since, title="Care", lines=(line,), channel="direct", repeating=Repeating(Every(months=1))
        )
        sales.sell(self.store, self._found(name), new, sales.Belongs(None, None))

    def set_rules(self) -> None:
        """Let the book plan what follows a demo, and say which customers come first."""
        add_rule(self.store, "kind:demo", "call", "+2d", "how did they like it?")
        add_points(self.store, "field:size=large", 20, half_life=None)
        add_points(self.store, "segment=retail", 10, half_life=None)
        add_points(self.store, "demo", 10, half_life=60)

    def plan(self) -> None:
        """Plan what is due and what is late on deals for which nothing is planned; let one sleep, and show one."""
        free = [deal for deal in self._open() if not self._steps(deal)]
        day = timedelta(days=1)
        steps = (
            Step("call", self.today, time(14, 30), "does the new offer fit?"),
            Step("email", self.today - 2 * day, None, "send the references"),
        )
        for deal, step in zip(free, steps, strict=False):
            activities.plan(self.store, self._target(deal), step, now=self.now, owner_id=None)
        for sleeping in [deal for deal in self._open("Proposal", "Negotiation") if deal not in free][-1:]:
            snooze(self.store, Ref("d", sleeping.id), self.today + 12 * day, "budget comes in April", now=self.now)
        for deal in [deal for deal in self._open("Qualified", "Lead") if deal not in free][:1]:
            what = Happening("demo", self.today - day, time(11), 45, "out", None, "liked the booking page")
            activities.log(self.store, self._target(deal), what, now=self.now, owner_id=None)

    def _open(self, *stages: str) -> list[Deal]:
        keys = self.store.engine.query("SELECT id FROM deals WHERE status = 'open' ORDER BY id")
        found = [self.store.deals.get(row["id"]) for row in keys]
        return [deal for deal in found if not stages or deal.stage.name in stages]

    def _steps(self, deal: Deal) -> list[int]:
        return [step.id for step in self.store.activities.of_deal(deal.id, limit=10) if not step.done and step.due_on]

    def _target(self, deal: Deal) -> Target:
        return Target(self._found(deal.customer or ""), deal.id, None, None)

    def _found(self, name: str) -> Found:
        who = self.store.names.who(name)
        return Found(Who(customer_id=who.customer_id, name=who.name))

"""A condition lets through just the records it names, and one that a kind of record does not have is refused."""

from dataclasses import fields
from datetime import date

import pytest

from salestrack.domain.filters import FieldTest, Filter
from salestrack.errors import UsageError
from salestrack.store.filters import conditions

TABLES = {
    "deals": ("deals d", "d"),
    "sales": ("sales s", "s"),
    "activities": ("activities a", "a"),
    "customers": ("customers c", "c"),
    "products": ("products p", "p"),
    "quotas": ("quotas q", "q"),
    "stages": ("stages s", "s"),
    "revenue": ("revenue r", "r"),
    "versions": ("deal_history h JOIN deals d ON d.id = h.deal_id", "h"),
}
REGION = (("customer", "text", "north"),)
SIZE = (("customer", "number", "40"),)
EVERYTHING = {
    "start": date(2026, 1, 1), "end": date(2026, 12, 31), "owners": (1, 2), "customers": (1,), "sources": ("web",),
    "segments": ("it", "bank"), "products": (1,), "channels": ("shop",), "stages": (1,), "pipelines": (1,),
    "kinds": ("call",), "tags": (1,), "fields": (FieldTest("region", "=", REGION), FieldTest("size", ">", SIZE)), "statuses": ("open",),
    "minimum": 1, "maximum": 100,
}  # fmt: skip

OF_PEOPLE = {"owners", "customers", "sources", "segments", "tags", "fields"}
REFUSED = {
    "deals": {"channels", "kinds"},
    "sales": {"kinds"},
    "activities": {"channels", "minimum", "maximum"},
    "customers": set(EVERYTHING) - OF_PEOPLE - {"start", "end"},
    "products": set(EVERYTHING) - {"products"},
    "quotas": set(EVERYTHING) - {"owners", "channels", "start", "end"},
    "stages": set(EVERYTHING) - {"stages", "pipelines"},
    "revenue": {"kinds", "start", "end"},
    "versions": {"channels", "kinds", "statuses", "start", "end"},
}


@pytest.fixture
def ledger(store):
    insert = store.engine.insert
    for name in ("Ann", "Bob"):
        insert("owners", {"name": name, "created_op": 1})
    insert("customers", {"name": "Acme", "key": "acme", "segment": "it", "source": "fair", "created_op": 1})
    insert("customers", {"name": "Best", "key": "best", "segment": "bank", "created_op": 1})
    insert("products", {"name": "Build", "key": "build", "currency": "USD", "created_op": 1})
    insert("tags", {"name": "hot", "created_op": 1})
    for number, (owner, amount, source) in enumerate(((1, 100, "web"), (2, 200, None), (None, None, "web")), start=1):
        insert(
            "deals",
            {
                "title": "x", "pipeline_id": 1, "stage_id": number, "status": "open", "currency": "USD", "amount": amount,
                "owner_id": owner, "source": source, "customer_id": 1 if number < 3 else 2, "created_op": 1,
                "expected_on": f"2026-0{number}-10", "fields": '{"region": "north"}' if number == 2 else "{}",
            },
        )  # fmt: skip
    insert("deal_lines", {"deal_id": 1, "position": 0, "kind": "product", "product_id": 1, "created_op": 1})
    insert("deal_tags", {"deal_id": 3, "tag_id": 1, "created_op": 1})
    sale = {"kind": "sale", "currency": "USD", "created_op": 1}
    insert("sales", {**sale, "amount": 50, "on_date": "2026-02-01", "channel": "shop", "deal_id": 1})
    insert("sales", {**sale, "amount": 70, "on_date": "2026-03-01", "customer_id": 2})
    activity = {"logged_at": "2026-03-18T09:00:00", "created_op": 1}
    insert("activities", {**activity, "kind": "call", "done": 1, "happened_on": "2026-03-02", "deal_id": 1})
    insert("activities", {**activity, "kind": "demo", "done": 0, "due_on": "2026-04-02", "customer_id": 2})
    return store


def ids(store, kind: str, **wanted: object) -> list[int]:
    table, alias = TABLES[kind]
    where, params = conditions(Filter(**wanted), kind, alias)
    return [row[0] for row in store.engine.stream(f"SELECT {alias}.id FROM {table} WHERE {where} ORDER BY 1", params)]


@pytest.mark.parametrize("kind", TABLES)
def test_an_empty_filter_lets_everything_through(kind):
    assert conditions(Filter(), kind, "x") == ("1 = 1", {})


@pytest.mark.parametrize("kind", TABLES)
def test_every_condition_is_good_sql_or_a_usage_error(ledger, kind):
    table, alias = TABLES[kind]
    refused = set()
    for one in fields(Filter):
        try:
            where, params = conditions(Filter(**{one.name: EVERYTHING[one.name]}), kind, alias)
        except UsageError:
            refused.add(one.name)
        else:
            list(ledger.engine.stream(f"SELECT count(*) FROM {table} WHERE {where}", params))
    assert refused == REFUSED[kind]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"owners": (1,)}, [1]),
        ({"owners": (1, 2)}, [1, 2]),
        ({"customers": (1,)}, [1, 2]),
        ({"segments": ("bank",)}, [3]),
        ({"sources": ("web",)}, [1, 3]),
        ({"products": (1,)}, [1]),
        ({"tags": (1,)}, [3]),
        ({"stages": (2, 3)}, [2, 3]),
        ({"statuses": ("won", "lost")}, []),
        ({"minimum": 150}, [2]),
        ({"maximum": 150}, [1]),
        ({"fields": (FieldTest("region", "=", (("deal", "text", "north"),)),)}, [2]),
        ({"fields": (FieldTest("region", "=", (("deal", "text", "south"),)),)}, []),
        ({"sources": ("web",), "owners": (1,)}, [1]),
        ({"start": date(2026, 2, 1)}, [2, 3]),
        ({"start": date(2026, 2, 1), "end": date(2026, 2, 28)}, [2]),
    ],
)
def test_deals_are_narrowed_to_those_for_which_every_condition_holds(ledger, wanted, found):
    assert ids(ledger, "deals", **wanted) == found


@pytest.mark.parametrize(
    ("kind", "wanted", "found"),
    [
        ("sales", {"channels": ("shop",)}, [1]),
        ("sales", {"sources": ("web",)}, [1]),
        ("sales", {"segments": ("bank",)}, [2]),
        ("sales", {"start": date(2026, 3, 1)}, [2]),
        ("activities", {"kinds": ("call", "demo")}, [1, 2]),
        ("activities", {"statuses": ("open",)}, [2]),
        ("activities", {"products": (1,)}, [1]),
        ("activities", {"end": date(2026, 3, 31)}, [1]),
        ("customers", {"sources": ("fair",)}, [1]),
        ("stages", {"pipelines": (1,)}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_record_without_a_column_of_its_own_is_judged_by_its_deal_or_customer(ledger, kind, wanted, found):
    assert ids(ledger, kind, **wanted) == found


def test_a_condition_that_makes_no_sense_is_named():
    with pytest.raises(UsageError, match="deals cannot be narrowed by --channel"):
        conditions(Filter(channels=("shop",)), "deals", "d")

"""What repeats in the book: the view that expands it, against a plain walk in Python."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salestrack.domain.recurring import Every
from salestrack.domain.schedules import Price, Schedule
from salestrack.store import questions

LAST = date(2031, 3, 18)  # five years after the last thing written
rhythms = st.one_of(st.integers(1, 14).map(lambda n: Every(months=n)), st.integers(5, 400).map(lambda n: Every(days=n)))
days = st.dates(date(2023, 1, 1), date(2027, 12, 31))
prices = st.lists(
    st.tuples(days, st.one_of(st.none(), st.integers(0, 100_000))), max_size=4, unique_by=lambda price: price[0]
).map(lambda found: tuple(Price(*price) for price in sorted(found, key=lambda price: price[0])))


def written(store, schedule: Schedule, *, start: date) -> Schedule:
    """Write a repeating sale or won deal and return its schedule as the book has it."""
    with store.operation("sold") as op:
        if schedule.sale_id:
            row = {
                "kind": "sale",
                "on_date": start.isoformat(),
                "amount": schedule.amount,
                "book_amount": schedule.amount,
            }
            key = store.engine.insert(
                "sales", {**row, "currency": "USD", "tax": schedule.amount // 5, "created_op": op.id}
            )
            schedule = schedule._replace(sale_id=key)
        else:
            stage = store.engine.value("SELECT id FROM stages WHERE kind = 'won'")
            row = {"title": "Retainer", "pipeline_id": 1, "stage_id": stage, "status": "won", "currency": "USD"}
            row |= {"amount": schedule.amount * 12, "book_amount": schedule.amount * 12, "closed_on": start.isoformat()}
            key = store.engine.insert("deals", {**row, "created_op": op.id})
            schedule = schedule._replace(deal_id=key)
        store.schedules.add(schedule, op=op.id)
    kind = "sale" if schedule.sale_id else "deal"
    found = store.schedules.of(kind, key)
    assert found is not None
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rhythms, days, st.one_of(st.none(), st.integers(0, 1500)), st.integers(1, 100_000), prices, st.booleans())
def test_the_view_gives_the_days_and_amounts_that_python_does(store, every, start, length, amount, changes, is_sale):
    until = start + timedelta(days=length) if length is not None else None
    schedule = Schedule(every, sale_id=int(is_sale) or None, deal_id=None if is_sale else 1, until=until, amount=amount)
    schedule = written(store, schedule._replace(prices=changes), start=start)
    rows = store.engine.query(
        "SELECT on_date, amount FROM occurrences WHERE schedule_id = ? ORDER BY nth", (schedule.id,)
    )
    assert [(date.fromisoformat(row["on_date"]), row["amount"]) for row in rows] == list(
        schedule.due(max(until, LAST) if until else LAST)
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rhythms, days, st.integers(1, 100_000), prices, st.booleans())
def test_revenue_has_every_time_once(store, every, start, amount, changes, is_sale):
    schedule = Schedule(every, sale_id=int(is_sale) or None, deal_id=None if is_sale else 1, amount=amount)
    schedule = written(store, schedule._replace(prices=changes), start=start)
    kind, key = ("sale", schedule.sale_id) if is_sale else ("deal", schedule.deal_id)
    rows = store.engine.query(
        "SELECT on_date, amount, book_amount FROM revenue WHERE kind = ? AND record_id = ? ORDER BY on_date",
        (kind, key),
    )
    expected = [(day.isoformat(), worth, worth) for day, worth in schedule.due(LAST)]
    assert [tuple(row.values()) for row in rows] == expected


def test_the_view_and_the_question_about_a_past_day_have_the_same_words(store):
    view = store.engine.value("SELECT sql FROM sqlite_master WHERE name = 'occurrences'")
    now = "(SELECT date(at, '+5 years') FROM operations ORDER BY id DESC LIMIT 1)"
    template = questions.sections("recurring")["occurrences"]
    assert view.replace("CREATE VIEW occurrences AS\n", "").strip() == template.format_map({"horizon": now}).strip()


def test_tax_and_the_pinned_rate_go_along_in_proportion(store):
    with store.operation("sold") as op:
        row = {"kind": "sale", "on_date": "2026-01-10", "amount": 30_000, "currency": "EUR", "tax": 5_700}
        row |= {"rate": 1_100_000_000, "book_amount": 33_000, "created_op": op.id}
        key = store.engine.insert("sales", row)
        store.schedules.add(Schedule(Every(months=1), sale_id=key, prices=(Price(date(2026, 2, 1), 30_005),)), op=op.id)
    rows = store.engine.query("SELECT amount, tax, book_amount FROM occurrences ORDER BY nth LIMIT 2")
    # 300.05 x 19 % = 57.0095, 300.05 x 1.1 = 330.055, half to even
    assert [tuple(row.values()) for row in rows] == [(30_000, 5_700, 33_000), (30_005, 5_701, 33_006)]


@pytest.mark.parametrize("status", ["open", "lost"])
def test_a_deal_repeats_while_it_is_won_alone(store, status):
    schedule = written(store, Schedule(Every(months=1), deal_id=1, amount=500), start=date(2026, 1, 5))
    assert store.engine.value("SELECT count(*) FROM occurrences") == 63
    stage = store.engine.value("SELECT id FROM stages WHERE kind = ?", (status,))
    closed = {"closed_on": None} if status == "open" else {}
    store.engine.update("deals", schedule.deal_id or 0, {"status": status, "stage_id": stage, **closed})
    assert store.engine.value("SELECT count(*) FROM occurrences") == 0
    assert store.engine.value("SELECT count(*) FROM revenue") == 0


def test_a_schedule_is_changed_and_taken_away_with_its_prices(store):
    before = written(store, Schedule(Every(months=1), sale_id=1, amount=500), start=date(2026, 1, 5))
    with store.operation("edited") as op:
        store.schedules.save(before, before.repriced(600, date(2026, 2, 1)).ended(date(2026, 9, 1)), op=op.id)
    changed = store.schedules.of("sale", before.sale_id)
    assert changed == before._replace(prices=(Price(date(2026, 2, 1), 600),), until=date(2026, 9, 1))
    with store.operation("edited") as op:
        store.schedules.remove(changed)
    assert store.schedules.of("sale", before.sale_id) is None
    assert not store.schedules.any("sale")
    assert store.engine.value("SELECT count(*) FROM schedule_changes") == 0

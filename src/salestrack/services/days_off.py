"""Days on which nobody works: they are left out of pace and of stale limits, and planning on them says so."""

from datetime import date
from typing import TYPE_CHECKING

from salestrack.domain.dates import format_day
from salestrack.domain.days_off import ONE, Stretch, joined
from salestrack.domain.names import fold, similar
from salestrack.domain.quoting import quoted
from salestrack.domain.workdays import WorkCalendar
from salestrack.errors import NotFoundError, RuleError
from salestrack.services.answers import Answer
from salestrack.services.calendar import calendar_of
from salestrack.store import Store
from salestrack.store.days_off import Off
from salestrack.store.listed import entry_name

if TYPE_CHECKING:
    from salestrack.services.holidays import Holiday


def add_days_off(store: Store, stretch: Stretch, name: str | None) -> Answer:
    """Add days off; one that touches another of the same name becomes one with it. RuleError when all are off already."""
    tidy = entry_name(name, "day off") if name is not None else None
    with store.operation("added days off") as op:
        before = store.settings.days_off()
        kin = [off for off in store.days_off.all() if _same(off.name, tidy) and stretch.touches(_span(off))]
        whole = joined([stretch, *map(_span, kin)])
        if kin and whole == _span(kin[0]):
            raise RuleError(f"{_told(stretch)} is off already{_named(kin[0].name)}")
        if kin:
            store.days_off.change(kin[0].id, *whole)
            for off in kin[1:]:
                store.days_off.remove(off.id)
        else:
            store.days_off.add(*whole, tidy, op=op.id)
    calendar = WorkCalendar(weekdays=store.settings.book.working_days, off=before)
    already = sum(day in before for day in _days(stretch))
    told = [_told(stretch), *([tidy] if tidy else []), _working(calendar.count(*stretch))]
    told += [f"joined: {_told(whole)}"] if kin else []
    told += [_already(already, stretch.days)] if already and not kin else []
    return Answer(("days off", *told), op.id)


def remove_days_off(store: Store, wanted: Stretch | str) -> Answer:
    """Take days off the list, by their days or their name; what is left of a stretch stays."""
    with store.operation("removed days off") as op:
        found = [off for off in store.days_off.all() if _meant(off, wanted)]
        if not found:
            raise _missing(store, wanted)
        gone = 0
        for off in found:
            left = [] if isinstance(wanted, str) else _span(off).without(wanted)
            gone += _span(off).days - sum(part.days for part in left)
            _leave(store, off, left, op.id)
    names = dict.fromkeys(off.name for off in found if off.name)
    parts = [_told(wanted)] if isinstance(wanted, Stretch) else [_told(_span(off)) for off in found[:3]]
    more = [f"and {len(found) - len(parts)} more"] if isinstance(wanted, str) and len(found) > len(parts) else []
    many = f"{gone} day{'' if gone == 1 else 's'}"
    return Answer(("removed days off", *parts, *more, *names, many), op.id)


def add_holidays(store: Store, holidays: "list[Holiday]", place: str) -> Answer:
    """Add public holidays as days off; those that are there already stay as they are. RuleError when all are."""
    calendar = calendar_of(store)
    with store.operation(f"added the holidays of {place}") as op:
        known = {off.first for off in store.days_off.all() if off.first == off.last}
        new = [holiday for holiday in holidays if holiday.day not in known]
        if not new:
            raise RuleError(f"all {len(holidays)} holidays of {place} are in the book already")
        for holiday in new:
            store.days_off.add(holiday.day, holiday.day, holiday.name, op=op.id)
    worked = sum(calendar.is_working(holiday.day) for holiday in new)
    years = sorted({holiday.day.year for holiday in new})
    there = len(holidays) - len(new)
    told = [f"{len(new)} holidays of {place}", "-".join(str(year) for year in dict.fromkeys((years[0], years[-1])))]
    told += [f"{there} {'was' if there == 1 else 'were'} there already"] if there else []
    return Answer((*told, f"{worked} on working days"), op.id)


def _leave(store: Store, off: Off, left: list[Stretch], op: int) -> None:
    """Keep what is left of a stretch: nothing, one part or two."""
    if not left:
        store.days_off.remove(off.id)
        return
    store.days_off.change(off.id, *left[0])
    for part in left[1:]:
        store.days_off.add(*part, off.name, op=op)


def _meant(off: Off, wanted: Stretch | str) -> bool:
    if isinstance(wanted, str):
        return off.name is not None and fold(off.name) == fold(wanted)
    return off.first <= wanted.last and wanted.first <= off.last


def _missing(store: Store, wanted: Stretch | str) -> NotFoundError:
    if isinstance(wanted, Stretch):
        return NotFoundError(f"nothing is off on {_told(wanted)}", hint="salestrack days-off list shows them")
    near = similar(wanted, [off.name for off in store.days_off.all() if off.name], most=1)
    hint = f"did you mean {quoted(near[0])}?" if near else "salestrack days-off list shows them"
    return NotFoundError(f"no days off are called {quoted(wanted)}, and it is no date", hint=hint)


def _same(name: str | None, other: str | None) -> bool:
    return fold(name or "") == fold(other or "")


def _span(off: Off) -> Stretch:
    return Stretch(off.first, off.last)


def _days(stretch: Stretch) -> list[date]:
    return [stretch.first + number * ONE for number in range(stretch.days)]


def _named(name: str | None) -> str:
    return f" ({name})" if name else ""


def _told(stretch: Stretch) -> str:
    return "..".join(map(format_day, dict.fromkeys(stretch)))


def _working(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'} fewer" if count else "no working day among them"


def _already(count: int, days: int) -> str:
    """Return how many of some days were off before."""
    return "off already" if count == days else f"{count} of {days} days were off already"

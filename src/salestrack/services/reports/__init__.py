"""Reports: the facts that each one needs are asked for, and handed to the function that makes it."""

from dataclasses import fields, replace
from importlib import import_module
from typing import NamedTuple

from salestrack.domain.dates import Words
from salestrack.domain.filters import Filter
from salestrack.errors import UsageError
from salestrack.reports.explanation import Evidence, Explanation
from salestrack.services.calendar import calendar_of
from salestrack.services.reports.desk import Desk, Reported, Wanted
from salestrack.store import Store


class Entry(NamedTuple):
    """Where a report is made, fetched when it is asked for, and its options besides filters and currency."""

    module: str
    options: frozenset[str]
    rows: str = "deals"
    """What it counts, and so by whose custom fields it can be split."""


REPORTS: dict[str, Entry] = {
    "summary": Entry("summary", frozenset({"period", "versus"})),
    "pipeline": Entry("deals", frozenset({"as_of"})),
    "quota": Entry("money", frozenset({"period", "as_of"})),
    "conversion": Entry("deals", frozenset({"period", "cohort"})),
    "winloss": Entry("deals", frozenset({"period", "by", "versus", "basis", "within", "as_of"})),
    "cycle": Entry("deals", frozenset({"period", "by", "as_of"})),
    "revenue": Entry("money", frozenset({"period", "by", "versus", "basis", "as_of"}), "revenue"),
    "recurring": Entry("money", frozenset({"period", "by", "as_of"}), "revenue"),
    "activity": Entry("doing", frozenset({"period", "by", "versus"}), "activities"),
    "slipping": Entry("doing", frozenset()),
}
_OPTIONS = {
    "period": "period", "by": "--by", "versus": "--vs", "as_of": "--as-of", "basis": "--basis", "within": "--within",
    "cohort": "--cohort",
}  # fmt: skip


def make_report(store: Store, name: str, wanted: Wanted, words: Words) -> Reported:
    """Return the report of a name with the answers it was made of.

    UsageError for an unknown name, and for an option that this report does not have or that makes no sense.
    """
    if name not in REPORTS:
        raise UsageError(f"there is no report '{name}'", hint=f"one of: {', '.join(REPORTS)}")
    entry = REPORTS[name]
    for option in fields(Wanted):
        if option.name in _OPTIONS and option.name not in entry.options and getattr(wanted, option.name) is not None:
            raise UsageError(f"report {name} has no {_OPTIONS[option.name]}")
    if wanted.as_of and wanted.as_of > words.today:
        raise UsageError(f"{wanted.as_of} is still to come; --as-of looks back")
    wanted = replace(wanted, by=_with_field(store, entry, wanted.by), only=_for_revenue(entry, wanted.only))
    as_of = wanted.as_of if wanted.as_of != words.today else None
    then = words._replace(today=as_of) if as_of else words
    return _made(entry.module, name, Desk(store, then, calendar_of(store), replace(wanted, as_of=as_of)))


def next_steps(store: Store, words: Words, only: Filter, *, most: int | None = None) -> Reported:
    """Return what to do today, the most pressing first, as `today` lists it, and how the month stands."""
    return _made("doing", "morning", Desk(store, words, calendar_of(store), Wanted(only=only)), most)


def explain(store: Store, reported: Reported) -> Explanation:
    """Return how a report came about, with the ids of the records behind its numbers."""
    head = reported.report.head
    evidence = (
        Evidence(name=one.name, ids=tuple(store.facts.ids(one)), sql=one.sql, params=one.params)
        for one in reported.answers
    )
    return Explanation(definition=head.definition, formulas=head.formulas, evidence=tuple(evidence))


def _with_field(store: Store, entry: Entry, by: str | None) -> str | None:
    """Return what a report is split by; a custom field with whose it is.

    NotFoundError where nobody has such a field, AmbiguousError where two kinds of record do.
    """
    if by is None or not by.startswith("field:") or by == "field:":
        return by
    # Fetched only where a report is split by a field of the seller's own.
    from salestrack.services.fields import split_by

    return split_by(store, entry.rows, by.removeprefix("field:"))


def _for_revenue(entry: Entry, only: Filter) -> Filter:
    """Return a filter that deals understand too where revenue is narrowed by a field of sales: they have none of it."""
    if entry.rows != "revenue" or not only.fields:
        return only
    tests = (
        test._replace(of=(*test.of, ("deal", *test.of[0][1:]))) if {one[0] for one in test.of} == {"sale"} else test
        for test in only.fields
    )
    return replace(only, fields=tuple(tests))


def _made(module: str, name: str, *given: object) -> Reported:
    made: Reported = getattr(import_module(f"salestrack.services.reports.{module}"), f"make_{name}")(*given)
    return made


__all__ = ["REPORTS", "Reported", "Wanted", "explain", "make_report", "next_steps"]

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
    """Where a report is made, fetched when it is asked for, its options besides filters and currency, and of what."""

    module: str
    options: frozenset[str]
    records: tuple[str, ...] = ("deal",)
    """The kinds of record whose custom fields it can be split by."""


REPORTS: dict[str, Entry] = {
    "summary": Entry("summary", frozenset({"period", "versus"})),
    "pipeline": Entry("deals", frozenset({"as_of"})),
    "quota": Entry("money", frozenset({"period", "as_of"})),
    "conversion": Entry("deals", frozenset({"period", "cohort"})),
    "winloss": Entry("deals", frozenset({"period", "by", "versus", "basis", "within", "as_of"})),
    "cycle": Entry("deals", frozenset({"period", "by", "as_of"})),
    "revenue": Entry("money", frozenset({"period", "by", "versus", "basis", "as_of"}), ("deal", "sale")),
    "activity": Entry("doing", frozenset({"period", "by", "versus"}), ("activity",)),
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
    _check_field(store, entry, wanted.by)
    as_of = wanted.as_of if wanted.as_of != words.today else None
    then = words._replace(today=as_of) if as_of else words
    return _made(entry.module, name, Desk(store, then, calendar_of(store), replace(wanted, as_of=as_of)))


def next_steps(store: Store, words: Words, only: Filter, *, most: int | None = None) -> Reported:
    """Return what to do today, the most pressing first, as `today` lists it."""
    return _made("doing", "actions", Desk(store, words, calendar_of(store), Wanted(only=only)), most)


def explain(store: Store, reported: Reported) -> Explanation:
    """Return how a report came about, with the ids of the records behind its numbers."""
    head = reported.report.head
    evidence = (
        Evidence(name=one.name, ids=tuple(store.facts.ids(one)), sql=one.sql, params=one.params)
        for one in reported.answers
    )
    return Explanation(definition=head.definition, formulas=head.formulas, evidence=tuple(evidence))


def _check_field(store: Store, entry: Entry, by: str | None) -> None:
    """Raise UsageError, naming the known ones, where a report would be split by a custom field that nobody has."""
    if by is None or not by.startswith("field:") or by == "field:":
        return
    known = sorted({name for record in entry.records for name in store.facts.custom_fields(record)})
    if by.removeprefix("field:") not in known:
        hint = f"--by one of: {', '.join(f'field:{name}' for name in known)}" if known else "there are none yet"
        raise UsageError(f"there is no custom field '{by.removeprefix('field:')}'", hint=hint)


def _made(module: str, name: str, *given: object) -> Reported:
    made: Reported = getattr(import_module(f"salestrack.services.reports.{module}"), f"make_{name}")(*given)
    return made


__all__ = ["REPORTS", "Reported", "Wanted", "explain", "make_report", "next_steps"]

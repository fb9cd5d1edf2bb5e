"""Looking for what is wrong in a book, and mending what is safe to mend."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from salestrack.domain.doubles import LEGAL_FORMS
from salestrack.domain.money import Money
from salestrack.domain.sentences import Sentence
from salestrack.store import Store
from salestrack.store.health import Health

BACKUP_DAYS = 14
PARTS = "triggers"  # and views and indexes: questions need them


class Finding(NamedTuple):
    """One thing that is wrong or deserves a look: what is meant, the sentence, the command that mends it, and whether it was."""

    check: str
    ref: str | None
    finding: str
    command: str | None
    fixed: bool = False


class Check(NamedTuple):
    """A question of store/checks/, and how a row that it finds is said; `{names}` are the row's columns."""

    name: str
    question: str
    sentence: str
    command: str | None = None


# What the ledger says; the more it distorts the figures, the earlier.
LEDGER: tuple[Check, ...] = (
    Check(
        "default owner",
        "default_owner",
        "the book's default owner is number {number}, who is nobody: nothing new can be recorded",
        "salestrack config set default-owner -",
    ),
    Check(
        "counted twice",
        "counted_twice",
        "{ref} {title} was won for {amount}, and {other} is a sale of {amount} to {customer} that is not linked to it",
        "salestrack sale edit {other} --deal {ref}",
    ),
    Check(
        "same order twice",
        "same_order",
        "{ref} ({source}) and {other} ({other_source}) may be one order: {amount} of {customer}, {on_date}",
        "salestrack rm {other}",
    ),
    Check(
        "invoice of a reopened deal",
        "invoices_of_reopened",
        "{other} of {amount} ({on_date}) is linked to {ref} {title}, which is open again: it is no revenue now",
        "salestrack won {ref}",
    ),
    Check("refunded too much", "refunds", "{refunded} was given back for {ref}, which brought {amount}"),
    Check("lines", "lines", "the lines of {ref} add up to {total}, and its amount is {amount}"),
    Check("history", "histories", "{ref} {title} {fault}", "salestrack show {ref}"),
    Check("status", "statuses", "{ref} {title} is {status} and stands in {stage}"),
    Check("worth", "worth", "{ref} is {amount}, and counts as {book_amount}"),
    Check("import counts", "imports", "{ref} {file}: {read_rows} rows were read, and {total} are accounted for"),
    Check(
        "no rate",
        "unconverted",
        "{amount} (records: {records}, the first of {first_on}) has no rate: no sum counts it",
        "salestrack rate set {currency} RATE -d {first_on}",
    ),
    Check(
        "closed without a day",
        "closed_without_day",
        "{ref} {title} is {status}, and nobody noted when: it is in no period",
        "salestrack deal edit {ref} --closed DATE",
    ),
    Check(
        "negative cycle",
        "negative_cycles",
        "{ref} {title} was {status} on {closed_on}, before it was created on {created_on}",
        "salestrack deal edit {ref} --created {closed_on}",
    ),
    Check("in the future", "future", "{ref} ({what}) is dated {on_date}: no report counts it before that day"),
    Check(
        "likely duplicate",
        "duplicates",
        "{ref} {name} and {other} {other_name} have the same {why}",
        "salestrack customer merge {ref} {other}",
    ),
    Check(
        "lost without a reason",
        "lost_without_reason",
        "{ref} {title} was lost, and nobody noted why",
        "salestrack deal edit {ref} --reason REASON",
    ),
    Check(
        "past its close date",
        "overdue",
        "{ref} {title} was expected to close on {expected_on}",
        "salestrack push {ref} DATE",
    ),
    Check("about nobody", "orphans", "{ref} {what} {name} belongs to no customer", "salestrack show {ref}"),
)


def examine(store: Store, path: Path, *, now: datetime, fix: bool) -> list[Finding]:
    """Return everything that deserves attention, the file's health first; with fix, what is safe is mended."""
    health = Health(store.engine, path)
    found = list(_file(health, now, fix=fix))
    if any(finding.check == PARTS and not finding.fixed for finding in found):
        return [*found, Finding("ledger", None, "not examined before that is mended", "salestrack doctor --fix")]
    return [*found, *_ledger(health, now.date())]


def _file(health: Health, now: datetime, *, fix: bool) -> Iterator[Finding]:
    restore = "salestrack backup, and restore the latest one that is well"
    yield from (Finding("file", None, f"damaged: {text}", restore) for text in health.damage())
    yield from (
        Finding(
            "references",
            None,
            f"row {row['row_id']} of {row['tbl']} refers to one of {row['parent']} that is gone",
            None,
        )
        for row in health.dangling()
    )
    if missing := health.missing_parts():
        text = f"{len(missing)} triggers, views or indexes are missing or changed: {', '.join(missing[:3])}"
        yield _mended(PARTS, text, health.restore_parts, fix=fix)
    if who := health.open_to():
        yield _mended("permissions", f"the file is open to {who}", health.restrict, fix=fix)
    if drifted := health.ask("side_table", ()):
        text = f"last activity or next step of {len(drifted)} deals is out of step, like {drifted[0]['ref']}"
        yield _mended("side table", text, health.recount, fix=fix)
    yield from _backup(health, now)


def _backup(health: Health, now: datetime) -> Iterator[Finding]:
    last = health.last_backup()
    since = datetime.fromisoformat(last["at"] if last else health.began_at())
    if (age := (now - since).days) > BACKUP_DAYS:
        said = (
            f"the last backup is {age} days old ({last['place']})" if last else "no backup was ever made of this book"
        )
        yield Finding("backup", None, said, "salestrack backup")


def _mended(check: str, text: str, mend: Callable[[], None], *, fix: bool) -> Finding:
    if fix:
        mend()
    return Finding(check, None, text, None if fix else "salestrack doctor --fix", fixed=fix)


def _ledger(health: Health, today: date) -> Iterable[Finding]:
    params = {"today": today.isoformat(), "forms": json.dumps(LEGAL_FORMS)}
    for check in LEDGER:
        for row in health.ask(check.question, params):
            words = _words(row)
            command = check.command.format(**words) if check.command else None
            yield Finding(check.name, row.get("ref"), _sentence(check.sentence, words), command)


def _sentence(template: str, words: dict[str, Any]) -> Sentence:
    """Return a sentence with its words, without the gaps that blank ones leave; amounts stay amounts."""
    parts: list[str | Money] = [""]
    for text, name, _, _ in Formatter().parse(template):
        for part in (text, words[name] if name else ""):
            if isinstance(part, Money):
                parts += [part, ""]
            else:
                parts[-1] = re.sub(r"\s+", " ", f"{parts[-1]}{part}")
    return Sentence(*parts)


def _words(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row's columns as they are said: money with its currency, days with their weekday."""
    said = dict(row)
    currency = row.get("currency")
    for column, value in row.items():
        if column in {"amount", "total", "refunded", "book_amount"} and currency:
            said[column] = Money(value, currency) if value is not None else "nothing"
    return said

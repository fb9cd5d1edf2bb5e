"""What was done, in sentences, with what changed; all of it, or what was about one record."""

from datetime import datetime
from typing import NamedTuple

from salestrack.domain.dates import Words, format_day
from salestrack.domain.money import PLAIN_STYLE, NumberStyle
from salestrack.domain.periods import Period, parse_period
from salestrack.domain.refs import AT, parse_ref
from salestrack.errors import NotFoundError, ParseError, UsageError
from salestrack.services.changes import Changes
from salestrack.services.undo import sentence
from salestrack.store import Store
from salestrack.store.chronicle import TABLES
from salestrack.store.journal import Done

MOST_CHANGES = 8  # of one operation in its sentence; `history o12` and the data formats have all
MOST_STAGES = 6  # of an imported deal's way


class Told(NamedTuple):
    """One operation as the history shows it."""

    ref: str
    at: str
    when: str
    who: str
    verb: str
    what: str
    changes: tuple[str, ...]
    state: str


class Question(NamedTuple):
    """What the history is asked for: a record or an operation, days, and how many at the most."""

    ref: str | None
    period: Period | None
    limit: int


def question(store: Store, words: tuple[str | None, str | None], *, limit: int, know: Words) -> Question:
    """Return what REF and PERIOD mean; either may be left out, and a customer be named instead of its id.

    Raises UsageError for what is neither, NotFoundError for a customer that nobody knows.
    """
    ref, period = words
    if ref is None:
        return Question(None, None, limit)
    found = _ref(store, ref)
    if found:
        return Question(found, parse_period(period, know) if period else None, limit)
    if period is None and (span := _period(ref, know)):
        return Question(None, span, limit)
    who = store.names.who(ref)
    if who.customer_id is None:
        raise NotFoundError(f"{who.text} belongs to no customer")
    return Question(f"c{who.customer_id}", parse_period(period, know) if period else None, limit)


def told(store: Store, asked: Question, *, style: NumberStyle = PLAIN_STYLE) -> list[Told]:
    """Return the operations that were asked for, the latest first."""
    changes = Changes(store, style)
    if asked.ref and asked.ref[0] == "o":
        return [_told(store, changes, store.journal.get(int(asked.ref[1:])), None)]
    start, end = (asked.period.start, asked.period.end) if asked.period else (None, None)
    found = store.chronicle.operations(ref=asked.ref, start=start, end=end, limit=asked.limit)
    return [_told(store, changes, done, asked.ref) for done in found]


def _ref(store: Store, text: str) -> str | None:
    if text == AT:
        text = store.journal.last_ref("dcsanpq") or ""
    parsed = parse_ref(text, "o") if text else None
    if parsed is None:
        return None
    if parsed.letter not in {*TABLES, "o"}:
        raise UsageError(f"'{text}' is not an id", hint="salestrack history d12")
    if parsed.letter != "o" and store.chronicle.made_by(str(parsed)) is None:
        raise NotFoundError(f"there is no {parsed.kind} {parsed}", hint="salestrack history tells what was done lately")
    return str(parsed)


def _period(text: str, know: Words) -> Period | None:
    try:
        return parse_period(text, know)
    except (ParseError, UsageError):
        return None


def _told(store: Store, changes: Changes, done: Done, ref: str | None) -> Told:
    said = tuple(changes.of(done, ref))
    if ref and ref[0] == "d" and done.kind == "import" and store.chronicle.made_by(ref) == done.id:
        said = (*_way(store, ref), *said)
    what = sentence(store, done)
    if said:
        more = f" and {len(said) - MOST_CHANGES} more changes" if len(said) > MOST_CHANGES else ""
        what = f"{what}{',' if done.kind == 'import' else ':'} {', '.join(said[:MOST_CHANGES])}{more}"
    state = f"undone by o{done.undone_by}" if done.undone_by else ""
    moment = datetime.fromisoformat(done.at)
    when = f"{format_day(moment.date())} {moment:%H:%M}"
    return Told(f"o{done.id}", done.at.replace("T", " ")[:16], when, done.who, done.verb, what, said, state)


def _way(store: Store, ref: str) -> list[str]:
    """Return the stages through which an imported deal had come by then, each with the day."""
    way: list[str] = []
    for version in store.deals.versions(int(ref[1:])):
        stage = store.stages.get(version.stage_id).name
        text = f"{stage} {version.stage_since}" if version.stage_since else stage
        if not way or way[-1] != text:
            way.append(text)
    return [f"{' -> '.join(way[:MOST_STAGES])}{' ...' if len(way) > MOST_STAGES else ''}"] if way else []

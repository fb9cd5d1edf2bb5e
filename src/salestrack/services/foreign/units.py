"""Which columns of a record only make sense together, which follow from others, and what a seller calls them."""

from collections.abc import Collection, Iterable, Iterator

UNITS: dict[str, tuple[frozenset[str], ...]] = {
    "products": (frozenset({"price", "currency"}), frozenset({"name", "key"})),
    "customers": (
        frozenset({"name", "key"}), frozenset({"email", "email_key"}), frozenset({"phone", "phone_key"}),
    ),
    "contacts": (
        frozenset({"name", "key"}), frozenset({"email", "email_key"}), frozenset({"phone", "phone_key"}),
    ),
    "quotas": (frozenset({"target", "currency"}),),
    "deals": (
        frozenset({"amount", "currency", "deal_lines"}),
        frozenset({"pipeline_id", "stage_id", "stage_since", "status", "closed_on", "reason_id"}),
    ),
    "sales": (
        frozenset({"kind", "amount", "currency", "tax", "tax_rate", "refund_of", "sale_lines"}),
        frozenset({"on_date", "at_time"}),
    ),
    "activities": (frozenset({"done", "happened_on", "happened_time"}), frozenset({"due_on", "due_time"})),
}  # fmt: skip
"""Where a person set one of them, all stay. Lines stand for what an amount is made up of."""
DERIVED = frozenset({"rate", "book_amount"})
"""What something is worth in the book's currency follows from its amount and day."""
NEVER = frozenset({"merged_into", "logged_at", "fields"}) | DERIVED
"""What no other book decides; custom fields are compared one by one."""
LINES = {"deals": "deal_lines", "sales": "sale_lines"}
SPAN = {
    "stage": "stage_id", "amount": "amount", "probability": "probability", "expected": "expected_on", "owner": "owner_id",
}  # fmt: skip
"""The column of a deal in which each field of its history stands."""
_CALLED = {
    "deal_lines": "lines", "sale_lines": "lines", "deal_history": "history", "customer_aliases": "other names",
    "schedules": "what repeats", "schedule_changes": "price or pause", "status": "stage", "done": "done",
    "on_date": "date", "at_time": "time", "created_on": "created", "removed_on": "retired", "start_on": "period",
    "end_on": "period", "seconds": "duration", "deal_contacts": "contacts", "activity_contacts": "contacts",
    "happened_on": "date", "happened_time": "time", "due_on": "due", "due_time": "due", "snoozed_until": "snoozed",
    "tax_rate": "tax", "refund_of": "refund of",
}  # fmt: skip
_FOLLOWING = frozenset({"key", "email_key", "phone_key", "stage_since"}) | DERIVED


def units_of(table: str, names: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield the columns of a record in groups that only make sense together."""
    grouped = frozenset[str]().union(*UNITS[table])
    yield from UNITS[table]
    yield from (frozenset({name}) for name in names if name not in grouped | NEVER | {"created_op"})


def called(names: Collection[str]) -> list[str]:
    """Return what a seller calls columns and parts of a record, each once, without those that only follow others."""
    return list(dict.fromkeys(_word(name) for name in names if name not in _FOLLOWING))


def _word(name: str) -> str:
    if name in _CALLED:
        return _CALLED[name]
    if name.endswith("_tags"):
        return "tags"
    return name.removeprefix("field:").removesuffix("_id").removesuffix("_on").replace("_", " ")

"""What an operation changed, in words: column by column, with what was added to a record and what was taken off."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from salestrack.domain.money import PLAIN_STYLE, Money, NumberStyle
from salestrack.domain.rates import format_rate
from salestrack.domain.settings import BOOK_SETTINGS
from salestrack.store import Store
from salestrack.store.chronicle import NAMES, Image
from salestrack.store.journal import Done
from salestrack.store.refusals import LETTERS, PARTS

MOST_RECORDS = 20  # of one operation that are asked for what was added to them
LONGEST = 60  # characters of a note or another text of the user that a sentence quotes
_MONEY = {"amount", "tax", "fee", "cost", "price", "target"}
_LABELS = {
    "expected_on": "close", "closed_on": "closed", "happened_on": "day", "happened_time": "time", "due_on": "due",
    "seconds": "minutes", "on_date": "date", "reason_id": "reason", "merged_into": "merged into", "start_on": "from",
    "end_on": "to", "stale_days": "stale after", "from_on": "since", "refund_of": "refund of", "tax_rate": "tax rate",
}  # fmt: skip
# Kept in step with other columns, or of no meaning to a person.
_SILENT = {
    "id", "key", "email_key", "phone_key", "stage_since", "book_amount", "rate", "pipeline_id", "created_op", "status",
    "seq", "to_on", "logged_at", "position", "currency", "uid",
}  # fmt: skip
# But here it is what the row is about.
_SAID = {"rates": {"rate"}}
# What repeats goes on with the next step, another name with its customer: those have their own place in the sentence.
_PASSED_ON = {"schedules": {"activity_id"}, "customer_aliases": {"customer_id", "name"}}
# Said already by "done" and the time of the sentence.
_WHEN_DONE = {"happened_on", "happened_time"}
# Rows that only follow from others.
_UNTOLD = {"import_keys", "imports", "stage_history"}
_CALLED = {
    "settings": ("", "key"), "stages": ("stage ", "name"), "pipelines": ("pipeline ", "name"), "tags": ("tag ", "name"),
    "owners": ("owner ", "name"), "lost_reasons": ("reason ", "name"), "activity_kinds": ("kind ", "name"),
    "outcomes": ("outcome ", "name"), "custom_fields": ("field ", "name"), "days_off": ("days off ", "from_on"),
    "rates": ("rate of ", "currency"), "score_rules": ("points for ", "name"), "follow_ups": ("follow-up ", "kind"),
    "schedules": ("what repeats", ""), "schedule_changes": ("the price of what repeats", ""),
}  # fmt: skip
_NAMED = tuple(table for table, (_, name) in _CALLED.items() if name and table != "settings")


class Changes:
    """Tells what operations changed, with the names that things have today."""

    def __init__(self, store: Store, style: NumberStyle = PLAIN_STYLE) -> None:
        self._store = store
        self._past = store.chronicle
        self._style = style

    def of(self, done: Done, ref: str | None = None) -> list[str]:
        """Return the changes of an operation, those alike put together; with a ref only what happened to that record."""
        told: dict[str, list[str]] = {}
        for owner, text in self._told(done, ref):
            if owner not in told.setdefault(text, []):
                told[text].append(owner)
        main = ref or (done.refs[0] if done.refs else "")
        if ref:
            return [text for text, owners in told.items() if ref in owners]
        return [f"{text}{_whose(owners, main)}" for text, owners in told.items()]

    def _told(self, done: Done, ref: str | None) -> Iterator[tuple[str, str]]:
        images = self._past.images(done.id)
        moved = {image.row_id for image in images if image.table == "deals" and _redated(image)}
        for image in images:
            if image.table == "deal_history" and image.row.get("deal_id") in moved:
                continue  # the deal itself says it
            for text in self._changed(image, done):
                yield self._owner(image), text
        yield from self._added(done, ref)
        if done.kind == "undo" and done.target:
            for image in self._past.images(done.target):  # rows that come back leave no image of their own
                back = self._part(image, "back") if image.after is None and image.table in PARTS else None
                if back:
                    yield self._owner(image), back

    def _added(self, done: Done, ref: str | None) -> Iterator[tuple[str, str]]:
        """Yield what was added to records that were there before, or to the lists by which the book is kept."""
        if not done.refs and done.kind == "do":
            named = (self._named(image, done.verb) for image in self._past.named_made(done.id, _NAMED))
            yield from (("", text) for text in named if text)
        op = done.target if done.kind == "redo" and done.target else done.id
        for touched in [ref] if ref else done.refs[:MOST_RECORDS]:
            if touched[0] in "cdsa":
                parts = (self._part(image, "added") for image in self._past.parts_made(op, touched))
                yield from ((touched, text) for text in parts if text)
            if touched[0] in "ds":
                yield from ((touched, self._price(image.row)) for image in self._past.prices_made(done.id, touched))

    def _named(self, image: Image, verb: str) -> str | None:
        """Return what was added to a list, as far as the verb of the sentence does not name it already."""
        noun, _ = _CALLED[image.table]
        name = self._title(image)
        if name in verb:
            return None
        return name if noun.strip() in verb.split() else f"{noun}{name}"

    def _title(self, image: Image) -> str:
        """Return by what a row of a list is known; a follow-up by what it comes after, too."""
        row = image.row
        name = str(row.get(_CALLED[image.table][1], ""))
        if image.table == "score_rules" and row["value"]:
            return f"{name}={row['value']}"
        if image.table != "follow_ups":
            return name
        stage = self._past.name("stage_id", row["stage_id"]) if row["stage_id"] else None
        return f"{name} after {row['after_kind'] or stage or 'a stage'}"

    def _owner(self, image: Image) -> str:
        table, key = image.table, image.row_id
        if table in {"schedules", "schedule_changes"}:
            return self._past.repeating(image) or ""
        if table in PARTS:
            table, column, _ = PARTS[table]
            key = image.row[column]
        return f"{LETTERS[table]}{key}" if table in LETTERS else ""

    def _changed(self, image: Image, done: Done) -> list[str]:
        if image.table in _UNTOLD or (image.table == "settings" and (image.before or {}).get("key") == "uid"):
            return []
        if image.table == "settings" and image.before:
            return [self._setting(image.before["key"], image.before["value"], (image.after or {}).get("value"))]
        if image.table == "schedule_changes" and image.after is None:
            return [f"{self._price(image.row)} taken off"]
        what = self._what(image)
        if image.after and _CALLED.get(image.table, ("-",))[0].strip() in done.verb.split():
            name = self._title(image)
            if done.verb.startswith("retired"):
                return [name]
            # The sentence has said what it is, and perhaps which one.
            what = "" if name in done.verb or (image.before or {}).get("name") != image.row.get("name") else f"{name} "
        if image.after is None:
            return self._removed(image, what, done)
        if image.before is None:
            return []
        if image.table == "deal_history":
            return self._moved_in_time(image.before, image.after)
        unsaid = (
            (_SILENT - _SAID.get(image.table, set()))
            | _PASSED_ON.get(image.table, set())
            | (_WHEN_DONE if image.before.get("done") != image.after.get("done") else set())
        )
        changes = [
            text
            for column in image.after
            if column not in unsaid and image.before.get(column) != image.after[column]
            for text in self._column(image, column)
        ]
        if changes and image.table == "deals" and (day := _entered(image.before, image.after)) and day != done.at[:10]:
            changes[-1] += f" on {day}"
        return [f"{what}{', '.join(changes)}"] if changes and what else changes

    def _removed(self, image: Image, what: str, done: Done) -> list[str]:
        if image.table in LETTERS:
            return ["removed"] if not done.verb.startswith("removed") else []
        text = self._part(image, "taken off") if image.table in PARTS else f"{what}removed"
        return [text] if text else []

    def _what(self, image: Image) -> str:
        """Return what a row without an id of its own is called in front of its change."""
        if image.table in PARTS and image.table.endswith("_lines"):
            return f"line {self._line(image.row)} "
        if image.table in LETTERS or image.table == "settings" or image.table not in _CALLED:
            return ""
        return f"{_CALLED[image.table][0]}{self._title(image)}".strip() + " "

    def _column(self, image: Image, column: str) -> list[str]:
        before, after = image.before or {}, image.after or {}
        if column == "fields":
            old, new = json.loads(before[column]), json.loads(after[column])
            names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
            return [f"{name} {_text(old.get(name))} -> {_text(new.get(name))}" for name in names]
        if column == "done":
            return ["done" if after[column] else "planned again"]
        if column == "merged_into" and before[column] is None:
            return [f"merged into {self._value(image.table, column, after)}"]
        if column == "stage_id" and before.get("pipeline_id") != after.get("pipeline_id"):
            old, new = (self._value(image.table, "pipeline_id", row) for row in (before, after))
            stages = " -> ".join(self._value(image.table, column, row) for row in (before, after))
            return [f"pipeline {old} -> {new}, stage {stages}"]
        if column == "rate":
            return [f"{self._value(image.table, column, before)} -> {self._value(image.table, column, after)}"]
        label = _LABELS.get(column, column.removesuffix("_id").removesuffix("_on").replace("_", " "))
        return [f"{label} {self._value(image.table, column, before)} -> {self._value(image.table, column, after)}"]

    def _value(self, table: str, column: str, row: dict[str, Any]) -> str:
        value = row[column]
        if value is None:
            return "none"
        if column in _MONEY and isinstance(value, int) and (currency := self._past.currency_of(table, row)):
            return Money(value, currency).text(self._style)
        if column in NAMES:
            return self._past.name(column, value) or str(value)
        if column == "every":
            from salestrack.domain.recurring import from_code

            return from_code(value).text().removeprefix("every ")
        if column == "seconds":
            return str(value // 60)
        if column == "rate":
            return format_rate(value, self._style.decimal)
        return f"{value} %" if column in {"probability", "tax_rate"} else _text(value)

    def _setting(self, key: str, *kept: str | None) -> str:
        """Return how a setting of the book changed, under the name and in the words that it is set with."""
        known = next((one for one in BOOK_SETTINGS if one.key == key), None)
        said = []
        for value in kept:
            text = value or (known.default if known else "") or ""
            if known and known.name == "default-owner" and text:
                text = self._past.name("owner_id", int(text)) or text
            said.append((known.show(text) if known and text else text) or "none")
        return f"{(known.name if known else key).replace('-', ' ')} {' -> '.join(said)}"

    def _price(self, row: dict[str, Any]) -> str:
        """Return since when something repeats at another price, or rests."""
        since = f"from {row['from_on']}"
        if row["amount"] is None:
            return f"paused {since}"
        price = f"{self._value('schedule_changes', 'amount', row)} each time {since}"
        return f"resumed, {price}" if self._past.paused_before(row) else price

    def _moved_in_time(self, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
        if before["stage_since"] == after["stage_since"] or before["stage_id"] != after["stage_id"]:
            return []
        stage = self._past.name("stage_id", after["stage_id"])
        return [
            f"in {stage} since {before['stage_since'] or 'nobody knows when'} -> {after['stage_since'] or 'unknown'}"
        ]

    def _part(self, image: Image, verb: str) -> str | None:
        """Return what was added to a record or taken off it."""
        row = image.row
        if image.table.endswith("_tags"):
            return f"tag {self._past.name('tag_id', row['tag_id']) or row['tag_id']} {verb}"
        if image.table.endswith("_lines"):
            return f"line {self._line(row)} {verb}"
        if image.table.endswith("_contacts"):
            return f"{self._past.name('contact_id', row['contact_id']) or 'a contact'} {verb}"
        return f"other name {row['name']} {verb}" if image.table == "customer_aliases" else None

    def _line(self, row: dict[str, Any]) -> str:
        name = row["name"] or (self._past.name("product_id", row["product_id"]) if row["product_id"] else row["kind"])
        times = f"{row['quantity']} x " if row["quantity"] != "1" else ""
        table = "deal_lines" if "deal_id" in row else "sale_lines"
        amount = f" {self._value(table, 'amount', row)}" if row["amount"] is not None else ""
        return f"{times}{name}{amount}"


def _redated(image: Image) -> bool:
    """Say whether a deal's own columns tell already how its way through the stages changed."""
    before, after = image.before or {}, image.after or {}
    return any(before.get(column) != after.get(column) for column in ("stage_id", "closed_on", "created_on"))


def _entered(before: dict[str, Any], after: dict[str, Any]) -> str | None:
    """Return the day on which a deal came into another stage."""
    return after["stage_since"] if before["stage_id"] != after["stage_id"] else None


def _text(value: Any) -> str:
    text = "none" if value in (None, "") else " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3].rstrip()}..."


def _whose(owners: Sequence[str], main: str) -> str:
    """Return of which records a change tells, where it is not the one that the sentence begins with."""
    named = [owner for owner in owners if owner]
    if not named or named == [main]:
        return ""
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f" ({', '.join(named[:3])}{more})"

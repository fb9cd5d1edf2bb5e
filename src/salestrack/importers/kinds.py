"""What can be imported, and the fields each kind of record knows: the names of `--map FIELD=Column`."""

from typing import Literal, NamedTuple

from salestrack.domain.names import similar
from salestrack.domain.quoting import quoted
from salestrack.errors import UsageError

FieldType = Literal[
    "id", "line", "note", "name", "amount", "currency", "percent", "quantity", "discount", "date", "time",
    "duration", "direction", "yesno", "tags", "metric", "period", "target", "custom", "entered",
]  # fmt: skip

CUSTOM, ENTERED = "field:", "entered:"
HISTORY = "change of a deal"
UNKNOWN = "what does the file hold?"


class Field(NamedTuple):
    """One field: how its cells are read, and whether its raw cell is part of a row's identity without an id."""

    name: str
    type: FieldType
    identity: bool = False


class Kind(NamedTuple):
    """One kind of record: its name on the command line, the noun of its custom fields, and what it cannot do without.

    `needs` holds alternatives: of each tuple at least one field must have a column; of `days` too, unless --map says
    that there is none. `further` are fields that no header feeds by itself: a profile or --map has to say so.
    """

    name: str
    noun: str
    fields: tuple[Field, ...]
    needs: tuple[tuple[str, ...], ...]
    days: tuple[str, ...] = ()
    further: tuple[Field, ...] = ()

    def field(self, name: str) -> Field:
        """Return the field of a name, also `field:NAME` and `entered:STAGE`; UsageError naming the known ones."""
        for prefix, kind in ((CUSTOM, "custom"), (ENTERED, "entered")):
            if name.startswith(prefix) and name[len(prefix) :].strip() and self._takes(prefix):
                return Field(prefix + name[len(prefix) :].strip(), kind)  # type: ignore[arg-type]  # one of two literals
        for field in (*self.fields, *self.further):
            if field.name == name:
                return field
        known = [field.name for field in (*self.fields, *self.further)]
        near = similar(name, known, most=1)
        hint = f"did you mean {near[0]}? " if near else ""
        every = " ".join([*known, *self._further()])
        raise UsageError(f"{self.name} have no field {quoted(name)}", hint=f"{hint}known: {every}")

    @property
    def has_own_fields(self) -> bool:
        """Say whether these records have custom fields at all."""
        return self._takes(CUSTOM)

    def _takes(self, prefix: str) -> bool:
        return self.name not in {"quotas", "history"} if prefix == CUSTOM else self.name == "deals"

    def _further(self) -> list[str]:
        return [f"{prefix}NAME" for prefix in (CUSTOM, ENTERED) if self._takes(prefix)]


def _fields(text: str) -> tuple[Field, ...]:
    """Read `name:type name:type* ...`; a star marks what identifies a row that has no id."""
    fields = []
    for word in text.split():
        name, _, kind = word.rstrip("*").partition(":")
        fields.append(Field(name, kind or name, word.endswith("*")))  # type: ignore[arg-type]  # checked by the tests
    return tuple(fields)


# A deal without an id is the same deal while its title, customer, contact, product and day of creation stay: it moves
# on, grows and changes hands. A sale or an activity without an id is the whole of what the row says about the event.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "deals",
            "deal",
            _fields(
                "id title:line* customer:name* contact:name* owner:name product:name* quantity stage:name "
                "pipeline:name amount currency probability:percent created:date* expected:date closed:date "
                "lost_reason:name source:line campaign:line every:line tags note"
            ),
            needs=(("stage",),),
            further=_fields("customer_id:line snoozed:date stage_since:date lines:line"),
        ),
        Kind(
            "history",
            HISTORY,
            _fields(
                "id deal:name* on:date* stage:name* amount* currency* probability:percent* expected:date* owner:name*"
            ),
            needs=(("deal",), ("on",), ("stage", "amount", "probability", "expected", "owner")),
            further=_fields("since:date"),
        ),
        Kind(
            "sales",
            "sale",
            _fields(
                "id date* customer:name* email:line* product:name* quantity* price:amount* discount* amount* "
                "tax:amount* gross:amount* fee:amount cost:amount currency* channel:line ref:line* owner:name "
                "deal:name* refund_of:name* title:line tags note"
            ),
            needs=(("amount", "gross", "price"),),
            days=("date",),
            further=_fields(
                "sku:line items:line line_amount:amount line_discount:amount shipping:amount tip:amount tax_rate:line "
                "kind:line refunded:amount refunded_all:yesno refunded_on:date disputed:amount disputed_on:date dispute:line "
                "worth:amount worth_currency:currency time customer_id:line every:line lines:line"
            ),
        ),
        Kind(
            "activities",
            "activity",
            _fields(
                "id date* time* kind:name* customer:name* contact:name* email:line* phone:line* deal:name* owner:name "
                "duration direction* outcome:line due:date* done:yesno note* tags"
            ),
            needs=(("kind",),),
            days=("date", "due"),
            further=_fields("customer_id:line snoozed:date every:line"),
        ),
        Kind(
            "customers",
            "customer",
            _fields(
                "id name:line alias:tags kind:line email:line phone:line segment:line country:line source:line "
                "owner:name tags note"
            ),
            needs=(("name",),),
            further=_fields("created:date snoozed:date"),
        ),
        Kind(
            "contacts",
            "contact",
            _fields("id name:line* customer:name* email:line* phone:line role:line note"),
            needs=(("name",),),
            further=_fields("customer_id:line"),
        ),
        Kind(
            "products",
            "product",
            _fields("id name:line sku:line price:amount currency tax_rate:line"),
            needs=(("name",),),
        ),
        Kind(
            "quotas",
            "quota",
            _fields("id owner:name* channel:line* metric* period* target currency"),
            needs=(("period",), ("target",)),
        ),
    )
}


def kind_of(name: str | None) -> Kind:
    """Return the kind that `--as` names; UsageError naming the known ones."""
    if name in KINDS:
        return KINDS[name]
    known = "|".join(KINDS)
    if name is None:
        raise UsageError(UNKNOWN, hint=f"say so: --as {known}")
    raise UsageError(f"'{name}' cannot be imported", hint=f"--as {known}")

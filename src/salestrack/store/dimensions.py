"""What reports can be split by: the SQL that says to which row a record belongs."""

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from salestrack.domain.dates import Unit
from salestrack.domain.fields import RECORDS
from salestrack.errors import UsageError
from salestrack.store.fields import path


class Dimension(NamedTuple):
    """The name and id of a record's row, the joins they need, and whether a record can stand in several rows."""

    key: str = "NULL"
    key_id: str = "NULL"
    joins: str = ""
    many: bool = False
    amount: str = ""
    """What a record adds to the row, where that is not its whole amount."""
    book_amount: str = ""
    spread: Mapping[str, str] = {}
    """The product lines over which the rest of their record is spread, as lines.sql does: alias and record."""


WHOLE = Dimension()
FIELD = "field:"


def _lines(record: str, alias: str) -> Dimension:
    """Return the split by product: each product line counts for its product, what has none for no value."""
    return Dimension(
        key="p.name",
        key_id="p.id",
        joins=f"""LEFT JOIN {record}_lines l ON l.{record}_id = {alias}.id AND l.kind = 'product'
    LEFT JOIN products p ON p.id = l.product_id""",
        many=True,
        amount=f"CASE WHEN l.id IS NULL THEN {alias}.amount ELSE {{l.amount}} END",
        book_amount=f"CASE WHEN l.id IS NULL THEN {alias}.book_amount ELSE {{l.book_amount}} END",
        spread={"l": record},
    )


def _owner(alias: str) -> Dimension:
    return Dimension("o.name", "o.id", f"LEFT JOIN owners o ON o.id = {alias}.owner_id")


def _customer(alias: str) -> Dimension:
    return Dimension("c.name", "c.id", f"LEFT JOIN customers c ON c.id = {alias}.customer_id")


def _field(fields: str, joins: str = "") -> Dimension:
    return Dimension(f"json_extract({fields}, :field)", joins=joins)


def _field_of(record: str, alias: str) -> Dimension:
    """Return the split by a field of what a record belongs to: its customer, its deal."""
    return _field("xf.fields", f"LEFT JOIN {record}s xf ON xf.id = {alias}.{record}_id")


def _segment(alias: str) -> Dimension:
    return Dimension("c.segment", joins=f"LEFT JOIN customers c ON c.id = {alias}.customer_id")


# The open stage that a deal was in last before it closed, or is in; of several pipelines with the pipeline's name.
_STAGE = Dimension(
    "CASE WHEN (SELECT count(*) FROM pipelines) > 1 THEN fp.name || ': ' || fs.name ELSE fs.name END",
    "fs.id",
    """LEFT JOIN stages fs ON fs.id = (
        SELECT h.stage_id FROM deal_history h JOIN stages q ON q.id = h.stage_id
        WHERE h.deal_id = d.id AND q.kind = 'open' AND (h.from_on IS NULL OR h.from_on <= coalesce(d.closed_on, h.from_on))
        ORDER BY h.from_on DESC NULLS LAST, h.seq DESC LIMIT 1
    )
    LEFT JOIN pipelines fp ON fp.id = fs.pipeline_id""",
)
_DEALS = {
    "owner": _owner("d"),
    "product": _lines("deal", "d"),
    "customer": _customer("d"),
    "segment": _segment("d"),
    "source": Dimension("d.source"),
    "reason": Dimension("lr.name", "lr.id", "LEFT JOIN lost_reasons lr ON lr.id = d.reason_id"),
    "stage": _STAGE,
    "tag": Dimension(
        "t.name", joins="LEFT JOIN deal_tags x ON x.deal_id = d.id LEFT JOIN tags t ON t.id = x.tag_id", many=True
    ),
    FIELD: _field("d.fields"),
    f"{FIELD}customer.": _field_of("customer", "d"),
    f"{FIELD}owner.": _field_of("owner", "d"),
}
# What a product line has of one time of a record that repeats: in proportion, to the cent, whatever its price was then.
_DUE_LINE = """(
        SELECT r.{measure} * c.upto / c.whole - r.{measure} * (c.upto - c.weight) / c.whole
        FROM (
            SELECT w.id, w.weight, sum(w.weight) OVER (ORDER BY w.id ROWS UNBOUNDED PRECEDING) AS upto,
                sum(w.weight) OVER () AS whole
            FROM (
                SELECT n.id, CASE WHEN sum(coalesce(n.amount, 0)) OVER () = 0 THEN 1 ELSE coalesce(n.amount, 0) END AS weight
                FROM {record}_lines n
                WHERE n.{record}_id = r.record_id AND n.kind = 'product'
            ) w
        ) c
        WHERE c.id = {line}.id
    )"""
_REVENUE_LINE = (
    f"CASE WHEN r.nth IS NOT NULL AND dl.id IS NOT NULL THEN {_DUE_LINE.replace('{record}', 'deal').replace('{line}', 'dl')} "
    f"WHEN r.nth IS NOT NULL AND sl.id IS NOT NULL THEN {_DUE_LINE.replace('{record}', 'sale').replace('{line}', 'sl')} "
    "WHEN dl.id IS NOT NULL THEN {dl.{measure}} WHEN sl.id IS NOT NULL THEN {sl.{measure}} ELSE r.{measure} END"
)
# A refund has the fields of its sale, unless it has its own.
_OF_SALE = "coalesce(json_extract(fs.fields, :field), json_extract(fo.fields, :field))"
_BOTH = """LEFT JOIN deals fd ON r.kind = 'deal' AND fd.id = r.record_id
    LEFT JOIN sales fs ON r.kind <> 'deal' AND fs.id = r.record_id
    LEFT JOIN sales fo ON fo.id = fs.refund_of"""
# A row of the view of revenue is a deal or a sale, and has the lines, tags and fields of that.
_REVENUE = {
    "owner": _owner("r"),
    "product": Dimension(
        key="p.name",
        key_id="p.id",
        joins="""LEFT JOIN deal_lines dl ON r.kind = 'deal' AND dl.deal_id = r.record_id AND dl.kind = 'product'
    LEFT JOIN sale_lines sl ON r.kind <> 'deal' AND sl.sale_id = r.record_id AND sl.kind = 'product'
    LEFT JOIN products p ON p.id = coalesce(dl.product_id, sl.product_id)""",
        many=True,
        amount=_REVENUE_LINE.replace("{measure}", "amount"),
        book_amount=_REVENUE_LINE.replace("{measure}", "book_amount"),
        spread={"dl": "deal", "sl": "sale"},
    ),
    "customer": _customer("r"),
    "segment": _segment("r"),
    "source": Dimension("r.source"),
    "channel": Dimension("r.channel"),
    "tag": Dimension(
        "t.name",
        joins="""LEFT JOIN deal_tags dx ON r.kind = 'deal' AND dx.deal_id = r.record_id
    LEFT JOIN sale_tags sx ON r.kind <> 'deal' AND sx.sale_id = r.record_id
    LEFT JOIN tags t ON t.id = coalesce(dx.tag_id, sx.tag_id)""",
        many=True,
    ),
    FIELD: Dimension(
        f"CASE WHEN r.kind = 'deal' THEN json_extract(fd.fields, :field) ELSE {_OF_SALE} END", joins=_BOTH
    ),
    f"{FIELD}deal.": _field_of("deal", "r"),
    f"{FIELD}sale.": Dimension(f"CASE WHEN r.kind <> 'deal' THEN {_OF_SALE} END", joins=_BOTH),
    f"{FIELD}customer.": _field_of("customer", "r"),
    f"{FIELD}owner.": _field_of("owner", "r"),
}
_ACTIVITIES = {
    "owner": _owner("a"),
    "kind": Dimension("a.kind"),
    "customer": _customer("a"),
    "segment": _segment("a"),
    FIELD: _field("a.fields"),
    f"{FIELD}deal.": _field_of("deal", "a"),
    f"{FIELD}customer.": _field_of("customer", "a"),
    f"{FIELD}owner.": _field_of("owner", "a"),
}
_DIMENSIONS = {"deals": _DEALS, "revenue": _REVENUE, "activities": _ACTIVITIES}


def dimensions(kind: str) -> tuple[str, ...]:
    """Return what records of a kind (deals, revenue, activities) can be split by."""
    named = (name if name != FIELD else f"{FIELD}NAME" for name in _DIMENSIONS[kind] if name[-1] != ".")
    return (*named, *get_args(Unit))


def dimension(kind: str, by: str | None) -> tuple[Dimension, dict[str, Any]]:
    """Return a dimension and its parameters; UsageError naming the known ones.

    A custom field is `field:NAME`, or that of what a record belongs to: `field:customer.NAME`.
    """
    if by is None:
        return WHOLE, {}
    known = _DIMENSIONS[kind]
    if by.startswith(FIELD):
        start, name = _cut(by.removeprefix(FIELD))
        if name and FIELD + start in known:
            return known[FIELD + start], {"field": path(name)}
    elif by in known:
        return known[by], {}
    raise UsageError(f"{kind} cannot be split by '{by}'", hint=f"--by one of: {', '.join(dimensions(kind))}")


def _cut(text: str) -> tuple[str, str]:
    """Cut `customer.size` into `customer.` and `size`; a field of the records themselves has no such start."""
    start, dot, name = text.partition(".")
    return (f"{start}.", name) if dot and start in RECORDS else ("", text)

"""A filter as SQL conditions: written once for every list, export and report."""

from typing import Any

from salestrack.domain.filters import Filter
from salestrack.errors import UsageError
from salestrack.store.field_tests import REACH, field_conditions

# Where a record has no column of its own for a condition, the deal that it belongs to decides.
_OF_DEAL = "{a}.deal_id IN (SELECT id FROM deals WHERE {condition})"
_IN_PIPELINE = "{a}.stage_id IN (SELECT id FROM stages WHERE pipeline_id IN ({in}))"
_OF_CUSTOMER = "{a}.customer_id IN (SELECT id FROM customers WHERE {condition})"


def _of_deal(condition: str) -> str:
    return _OF_DEAL.replace("{condition}", condition)


def _linked(record: str, table: str, column: str) -> str:
    return f"{{a}}.id IN (SELECT {record}_id FROM {table} WHERE {column} IN ({{in}}))"


def _either(deal: str, sale: str, column: str) -> str:
    """Return a condition on the view of revenue, whose rows are deals or sales."""
    return (
        f"({{a}}.kind = 'deal' "
        f"AND {{a}}.record_id IN (SELECT deal_id FROM {deal} WHERE {column} IN ({{in}})) "
        f"OR {{a}}.kind <> 'deal' "
        f"AND {{a}}.record_id IN (SELECT sale_id FROM {sale} WHERE {column} IN ({{in}})))"
    )


_ANYONE = {
    "owners": "{a}.owner_id IN ({in})",
    "customers": "{a}.customer_id IN ({in})",
    "segments": _OF_CUSTOMER.replace("{condition}", "segment IN ({in})"),
}
_AMOUNT = {"minimum": "{a}.amount >= {value}", "maximum": "{a}.amount <= {value}"}
_THROUGH_DEAL = {
    "sources": _of_deal("source IN ({in})"),
    "stages": _of_deal("stage_id IN ({in})"),
    "pipelines": _of_deal("pipeline_id IN ({in})"),
    "statuses": _of_deal("status IN ({in})"),
}
_DEAL = {
    **_ANYONE,
    **_AMOUNT,
    "sources": "{a}.source IN ({in})",
    "products": _linked("deal", "deal_lines", "product_id"),
    "stages": "{a}.stage_id IN ({in})",
    "pipelines": "{a}.pipeline_id IN ({in})",
    "statuses": "{a}.status IN ({in})",
    "tags": _linked("deal", "deal_tags", "tag_id"),
}
_SALE = {
    **_ANYONE,
    **_AMOUNT,
    **_THROUGH_DEAL,
    "products": _linked("sale", "sale_lines", "product_id"),
    "channels": "{a}.channel IN ({in})",
    "tags": _linked("sale", "sale_tags", "tag_id"),
}
_DEAL_OF_VERSION = {name: text.replace("{a}", "d") for name, text in _DEAL.items() if name != "statuses"}

# kind of record -> condition -> SQL, in which {a} is the alias of its table. What is missing cannot be asked.
_CONDITIONS: dict[str, dict[str, str]] = {
    "deals": {
        **_DEAL,
        # A closed deal belongs to the day it closed, an open one to the day it is expected to.
        "start": "({a}.closed_on >= {value} OR {a}.closed_on IS NULL AND {a}.expected_on >= {value})",
        "end": "({a}.closed_on <= {value} OR {a}.closed_on IS NULL AND {a}.expected_on <= {value})",
    },
    "sales": {**_SALE, "start": "{a}.on_date >= {value}", "end": "{a}.on_date <= {value}"},
    "activities": {
        **_ANYONE,
        **_THROUGH_DEAL,
        "products": _of_deal("id IN (SELECT deal_id FROM deal_lines WHERE product_id IN ({in}))"),
        "kinds": "{a}.kind IN ({in})",
        "tags": _linked("activity", "activity_tags", "tag_id"),
        "start": "({a}.happened_on >= {value} OR {a}.done = 0 AND {a}.due_on >= {value})",
        "end": "({a}.happened_on <= {value} OR {a}.done = 0 AND {a}.due_on <= {value})",
    },
    "customers": {
        "owners": "{a}.owner_id IN ({in})",
        "customers": "{a}.id IN ({in})",
        "sources": "{a}.source IN ({in})",
        "segments": "{a}.segment IN ({in})",
        "tags": _linked("customer", "customer_tags", "tag_id"),
        "start": "{a}.created_on >= {value}",
        "end": "{a}.created_on <= {value}",
    },
    "contacts": {
        "customers": "{a}.customer_id IN ({in})",
        "owners": _OF_CUSTOMER.replace("{condition}", "owner_id IN ({in})"),
        "segments": _OF_CUSTOMER.replace("{condition}", "segment IN ({in})"),
        "tags": "{a}.customer_id IN (SELECT customer_id FROM customer_tags WHERE tag_id IN ({in}))",
    },
    "products": {"products": "{a}.id IN ({in})"},
    "quotas": {
        "owners": "{a}.owner_id IN ({in})",
        "channels": "{a}.channel IN ({in})",
        "start": "{a}.end_on >= {value}",
        "end": "{a}.start_on <= {value}",
    },
    "stages": {"stages": "{a}.id IN ({in})", "pipelines": "{a}.pipeline_id IN ({in})"},
    # The view of revenue: rows of deals and of sales.
    "revenue": {
        **_ANYONE,
        **_AMOUNT,
        **_THROUGH_DEAL,
        "sources": "{a}.source IN ({in})",
        "channels": "{a}.channel IN ({in})",
        "products": _either("deal_lines", "sale_lines", "product_id"),
        "tags": _either("deal_tags", "sale_tags", "tag_id"),
    },
    # What deals were on a day: versions with the deal beside them as d.
    "versions": {
        **_DEAL_OF_VERSION,
        **_AMOUNT,
        "owners": "{a}.owner_id IN ({in})",
        "stages": "{a}.stage_id IN ({in})",
        "pipelines": _IN_PIPELINE,
    },
    "visits": {"pipelines": _IN_PIPELINE},
}
_OPTIONS = {
    "owners": "--owner", "customers": "--customer", "sources": "--source", "segments": "--segment",
    "products": "--product", "channels": "--channel", "stages": "--stage", "pipelines": "--pipeline",
    "kinds": "--kind", "tags": "--tag", "fields": "--field", "statuses": "--open, --won and --lost",
    "minimum": "--min", "maximum": "--max", "start": "a period", "end": "a period",
}  # fmt: skip
_WORDS = {"versions": "deals on a past day"}
_SINGLE = ("start", "end", "minimum", "maximum")


def conditions(chosen: Filter, kind: str, alias: str, *, called: str = "") -> tuple[str, dict[str, Any]]:
    """Return one SQL condition over a kind of record and its parameters; `1 = 1` where everything is meant.

    Kinds are deals, sales, activities, customers, contacts, products, quotas, stages, and for reports `revenue` (the
    view), `versions` (deal_history, with its deal as d) and `visits` (deal_history alone). UsageError for a condition
    that this kind of record does not have; it calls the kind as it is `called`.
    """
    known = _CONDITIONS[kind]
    parts: list[str] = []
    params: dict[str, Any] = {}
    for name, option in _OPTIONS.items():
        values = getattr(chosen, name)
        if values is None or values == ():
            continue
        if kind == "activities" and name == "statuses" and values == ("open",):
            parts.append(f"{alias}.done = 0")
            continue
        if name == "fields" and kind in REACH:
            text, more = field_conditions(values, kind, alias)
            parts.append(text)
            params |= more
            continue
        if name not in known:
            raise UsageError(f"{called or _WORDS.get(kind, kind)} cannot be narrowed by {option}")
        parts.append(_filled(known[name], name, values, params).replace("{a}", alias))
    return " AND ".join(parts) or "1 = 1", params


def _filled(template: str, name: str, values: Any, params: dict[str, Any]) -> str:
    """Put placeholders into a condition and their values into params."""
    if name in _SINGLE:
        params[f"f_{name}"] = values if isinstance(values, int) else values.isoformat()
        return template.replace("{value}", f":f_{name}")
    names = [f"f_{name}_{at}" for at in range(len(values))]
    params.update(zip(names, values, strict=True))
    return template.replace("{in}", ", ".join(f":{one}" for one in names))

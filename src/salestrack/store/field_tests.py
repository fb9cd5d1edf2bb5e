"""Custom fields in SQL: what a field must be in a filter, and the order that a list takes from it."""

from collections.abc import Sequence
from typing import Any

from salestrack.domain.fields import Field
from salestrack.domain.filters import FieldTest
from salestrack.errors import AmbiguousError, UsageError
from salestrack.store.fields import TABLES, path

# kind of rows -> whose fields narrow them: their own before those of their deal, and apart from these the customer's
# and the owner's.
# Revenue is of deals and of sales: a row has the fields of what it is.
REACH: dict[str, tuple[tuple[str, ...], ...]] = {
    "deals": (("deal",), ("customer",), ("owner",)),
    "versions": (("deal",), ("customer",), ("owner",)),
    "sales": (("sale", "deal"), ("customer",), ("owner",)),
    "revenue": (("deal", "sale"), ("customer",), ("owner",)),
    "activities": (("activity", "deal"), ("customer",), ("owner",)),
    "customers": (("customer",), ("owner",)),
    "contacts": (("contact",), ("customer",)),
    "products": (("product",),),
}
_OWN = {
    "deals": "{a}.fields", "versions": "d.fields", "activities": "{a}.fields", "customers": "{a}.fields",
    "contacts": "{a}.fields", "products": "{a}.fields",
}  # fmt: skip
# What a sale has no value of, its refund has none of either; a refund takes what its sale says.
_OF_SALE = "coalesce(json_extract(f.fields, {path}), json_extract(o.fields, {path}))"
_SALES = "SELECT f.id FROM sales f LEFT JOIN sales o ON o.id = f.refund_of WHERE "
_PARTS = "CAST(replace(substr({x}, 1, length({x}) - 4), '.', '') AS INTEGER)"


def field_conditions(tests: Sequence[FieldTest], kind: str, alias: str) -> tuple[str, dict[str, Any]]:
    """Return one SQL condition for what the fields of a kind of rows must be, and its parameters.

    Several equal values of one field are alternatives; everything else holds together. Raises UsageError where these
    records have no such field, AmbiguousError where it could be the field of two kinds of record.
    """
    params: dict[str, Any] = {}
    alternatives: dict[str, list[str]] = {}
    parts: list[str] = []
    for at, test in enumerate(tests):
        records = _reached(test, kind)
        text = _joined([_reaching(kind, one, test, at, params) for one in records], records)
        if test.sign == "=":
            alternatives.setdefault(test.name, []).append(text)
        else:
            parts.append(text)
    parts += [texts[0] if len(texts) == 1 else f"({' OR '.join(texts)})" for texts in alternatives.values()]
    return " AND ".join(parts).replace("{a}", alias), params


def reaches(test: FieldTest, kind: str) -> bool:
    """Say whether a kind of rows has the field that is tested."""
    having = {record for record, _, _ in test.of}
    return any(having & set(group) for group in REACH.get(kind, ()))


def sort_key(field: Field, kind: str, alias: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL by which rows are put in the order of a field: numbers by size, choices as they were given."""
    params: dict[str, Any] = {"sort_path": path(field.name)}
    if kind == "sales" and field.record == "sale":
        x = f"(SELECT {_OF_SALE} FROM sales f LEFT JOIN sales o ON o.id = f.refund_of WHERE f.id = {alias}.id)"
        x = x.replace("{path}", ":sort_path")
    elif field.record == REACH[kind][0][0]:
        x = f"json_extract({_OWN[kind]}, :sort_path)"
    else:
        table, key = TABLES[field.record], f"{{a}}.{field.record}_id"
        x = f"(SELECT json_extract(f.fields, :sort_path) FROM {table} f WHERE f.id = {key})"
    match field.type:
        case "number":
            x = f"CAST({x} AS NUMERIC)"
        case "money":
            x = _PARTS.replace("{x}", x)
        case "choice":
            params |= {f"sort_{at}": choice for at, choice in enumerate(field.choices)}
            cases = " ".join(f"WHEN :sort_{at} THEN {at}" for at in range(len(field.choices)))
            x = f"CASE {x} {cases} END" if cases else x
        case "text":
            x = f"lower({x})"
    return x.replace("{a}", alias), params


def _reached(test: FieldTest, kind: str) -> tuple[str, ...]:
    """Return whose field is tested on a kind of rows."""
    having = {record for record, _, _ in test.of}
    found = [group for group in REACH.get(kind, ()) if having & set(group)]
    if not found:
        where = " and ".join(TABLES[record] for record in sorted(having))
        raise UsageError(f"{_words(kind)} cannot be narrowed by --field {test.name}", hint=f"it is a field of {where}")
    if len(found) > 1:
        labels = [f"{next(r for r in group if r in having)}.{test.name}" for group in found]
        raise AmbiguousError(f"'{test.name}' could be {' or '.join(labels)}", hint="write which one")
    records = tuple(record for record in found[0] if record in having)
    return records if kind == "revenue" else records[:1]


def _words(kind: str) -> str:
    return {"versions": "deals on a past day"}.get(kind, kind)


def _joined(texts: Sequence[str], records: Sequence[str]) -> str:
    """Put the tests of deals and sales together, each for its own rows of revenue."""
    if len(texts) == 1:
        return texts[0]
    deal, sale = (texts[records.index(record)] for record in ("deal", "sale"))
    return f"({{a}}.kind = 'deal' AND {deal} OR {{a}}.kind <> 'deal' AND {sale})"


def _reaching(kind: str, record: str, test: FieldTest, at: int, params: dict[str, Any]) -> str:
    """Return a test of a record's field as a condition on the rows of a kind."""
    where, value = next((type_, value) for one, type_, value in test.of if one == record)
    name = f":f_field_{at}"
    params[name[1:]] = path(test.name)

    def tested(x: str) -> str:
        return _condition(x, where, test.sign, value, f"f_value_{at}_{record}", params)

    blank = _lets_blanks_through(test, value)
    if record == "sale":
        inner = f"{_SALES}{tested(_OF_SALE.replace('{path}', name))}"
        if kind == "sales":
            return f"{{a}}.id IN ({inner})"
        others = " OR {a}.kind = 'deal'" if blank else ""
        return f"({{a}}.kind <> 'deal' AND {{a}}.record_id IN ({inner}){others})"
    if kind != "revenue" and record == REACH[kind][0][0]:
        return tested(f"json_extract({_OWN[kind]}, {name})")
    key = f"{'d' if kind == 'versions' and record != 'owner' else '{a}'}.{record}_id"
    found = f"{key} IN (SELECT f.id FROM {TABLES[record]} f WHERE {tested(f'json_extract(f.fields, {name})')})"
    return f"({key} IS NULL OR {found})" if blank else found


def _lets_blanks_through(test: FieldTest, value: str) -> bool:
    """Say whether what has no value at all passes: `size=` and `size!=40`."""
    return (test.sign == "=") == (value == "") and test.sign in {"=", "!="}


def _condition(x: str, kind: str, sign: str, value: str, name: str, params: dict[str, Any]) -> str:
    if not value:
        return f"{x} IS NULL" if sign == "=" else f"{x} IS NOT NULL"
    params[name] = value
    if sign in {"=", "!="}:
        left, right = (f"lower({x})", f"lower(:{name})") if kind == "text" else (x, f":{name}")
        return f"{left} = {right}" if sign == "=" else f"({x} IS NULL OR {left} <> {right})"
    if kind == "number":
        return f"CAST({x} AS NUMERIC) {sign} CAST(:{name} AS NUMERIC)"
    if kind == "money":
        amount, _, currency = value.partition(" ")
        params |= {name: int(amount.replace(".", "")), f"{name}_currency": f"% {currency}"}
        return f"({x} LIKE :{name}_currency AND {_PARTS.replace('{x}', x)} {sign} :{name})"
    return f"{x} {sign} :{name}"

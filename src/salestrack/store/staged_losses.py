"""Values that the source had once, and has no more: the book keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from salestrack.store.engine import Engine

# Field of a file -> the column it fills. Days and what hangs on a stage follow rules of their own.
LOSABLE: dict[str, dict[str, str]] = {
    "deals": {
        "customer": "customer_id", "contact": "contact_id", "owner": "owner_id", "amount": "amount",
        "expected": "expected_on", "probability": "probability", "created": "created_on", "source": "source",
        "campaign": "campaign", "note": "note", "lost_reason": "reason_id",
    },
    "sales": {
        "date": "on_date", "customer": "customer_id", "deal": "deal_id", "tax": "tax", "fee": "fee", "cost": "cost",
        "ref": "ref", "channel": "channel", "owner": "owner_id", "note": "note",
    },
    "activities": {
        "customer": "customer_id", "contact": "contact_id", "deal": "deal_id", "owner": "owner_id",
        "duration": "seconds", "direction": "direction", "outcome": "outcome", "note": "note",
    },
    "customers": {
        "kind": "kind", "email": "email", "phone": "phone", "segment": "segment", "country": "country",
        "source": "source", "owner": "owner_id", "note": "note",
    },
    "contacts": {
        "customer": "customer_id", "email": "email", "phone": "phone", "role": "role", "note": "note",
    },
    "products": {"sku": "sku", "price": "price"},
}  # fmt: skip


class StagedLosses:
    """Finds changed rows with blank cells where their records have something."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def found(
        self, kind: str, source: str, columns: Sequence[str], fields: Sequence[str]
    ) -> Iterator[tuple[int, set[str]]]:
        """Yield (record, its columns and `field:NAME`) of rows that are about records of this source alone."""
        tests: Mapping[str, str] = {name: f"(r.{name} IS NULL AND t.{name} IS NOT NULL)" for name in columns}
        if "reason_id" in tests:  # an open deal has none
            tests = {**tests, "reason_id": f"({tests['reason_id']} AND r.stage_id = t.stage_id)"}
        paths = {f"path{place}": f'$."{name}"' for place, name in enumerate(fields)}
        blank = "json_extract(coalesce(r.fields, '{{}}'), :{0}) IS NULL AND json_extract(t.fields, :{0}) IS NOT NULL"
        tests = {
            **tests,
            **{f"field:{name}": f"({blank.format(path)})" for name, path in zip(fields, paths, strict=True)},
        }
        if not tests:
            return
        names, params = list(tests), {**paths, "kind": kind, "source": source}
        sql = (
            f"SELECT r.record_id, {', '.join(tests.values())} FROM staging.rows r "
            f"CROSS JOIN {kind} t ON t.id = r.record_id WHERE r.state = 2 AND r.own IS NOT 1 AND ({' OR '.join(tests.values())}) "
            "AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.record_id = t.id AND k.kind = :kind "
            "AND k.source <> :source) ORDER BY r.line"
        )
        row: tuple[Any, ...]
        for row in self._engine.stream(sql, params):
            yield row[0], {name for name, lost in zip(names, row[1:], strict=True) if lost}


__all__ = ["LOSABLE", "StagedLosses"]

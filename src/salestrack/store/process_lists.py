"""The statements behind lists of how the book is kept: pipelines, kinds, outcomes, reasons, owners, tags, rates, days off."""

from salestrack.domain.activities import OUTCOMES

_PIPELINES = """
SELECT p.id, p.name, p.position, p.removed_on,
    (SELECT group_concat(x.label, ', ') FROM (
        SELECT s.name || ' ' || s.probability || ' %' AS label FROM stages s
        WHERE s.pipeline_id = p.id AND s.kind = 'open' AND s.removed_on IS NULL ORDER BY s.position, s.id
    ) x) AS stages,
    (SELECT count(*) FROM deals d JOIN stages s ON s.id = d.stage_id
        WHERE d.status = 'open' AND s.pipeline_id = p.id) AS deals
FROM pipelines p
"""
_KINDS = """
SELECT k.id, k.name, k.letter, coalesce(n.done, 0) AS done, coalesce(n.planned, 0) AS planned, k.removed_on
FROM activity_kinds k
LEFT JOIN (
    SELECT kind, sum(done) AS done, sum(1 - done) AS planned FROM activities GROUP BY kind
) n ON n.kind = k.name
"""
_REASONS = """
SELECT r.id, r.name, coalesce(n.deals, 0) AS deals, r.removed_on
FROM lost_reasons r
LEFT JOIN (
    SELECT reason_id, count(*) AS deals FROM deals WHERE status = 'lost' GROUP BY reason_id
) n ON n.reason_id = r.id
"""
_OWNERS = """
SELECT o.id, o.name, o.email,
    CASE WHEN o.id = (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'owner') THEN 'yes' END AS book_default,
    (SELECT count(*) FROM deals d WHERE d.status = 'open' AND d.owner_id = o.id) AS deals,
    (SELECT count(*) FROM activities a WHERE a.done = 0 AND a.due_on IS NOT NULL AND a.owner_id = o.id) AS steps,
    (SELECT count(*) FROM customers c WHERE c.merged_into IS NULL AND c.owner_id = o.id) AS customers, o.removed_on, o.fields
FROM owners o
"""
_TAGS = """
SELECT t.id, t.name, (SELECT count(*) FROM customer_tags x WHERE x.tag_id = t.id) AS customers,
    (SELECT count(*) FROM deal_tags x WHERE x.tag_id = t.id) AS deals,
    (SELECT count(*) FROM sale_tags x WHERE x.tag_id = t.id) AS sales,
    (SELECT count(*) FROM activity_tags x WHERE x.tag_id = t.id) AS activities
FROM tags t
"""
_RATES = """
SELECT r.id, r.currency AS unit, r.on_date AS date, r.rate,
    (SELECT value FROM settings WHERE key = 'currency') AS book
FROM rates r
"""
_DAYS_OFF = "SELECT f.id, f.from_on AS start, f.to_on AS end, f.name FROM days_off f "
_KNOWN = ", ".join(f"({place}, '{name}')" for place, name in enumerate(OUTCOMES))
_OUTCOMES = f"""
WITH known (place, name) AS (VALUES {_KNOWN})
SELECT place, name, NULL AS counts_as, NULL AS removed_on FROM known
UNION ALL
SELECT {len(OUTCOMES)}, name, counts_as, removed_on FROM outcomes
"""

# kind -> statement with its order; retired ones come last.
PROCESS: dict[str, str] = {
    "pipelines": _PIPELINES + "ORDER BY p.removed_on IS NOT NULL, p.position, p.id",
    "kinds": _KINDS + "ORDER BY k.removed_on IS NOT NULL, k.position, k.id",
    "outcomes": _OUTCOMES + "ORDER BY place, name",
    "reasons": _REASONS + "ORDER BY r.removed_on IS NOT NULL, r.id",
    "owners": _OWNERS + "ORDER BY o.removed_on IS NOT NULL, o.name, o.id",
    "tags": _TAGS + "ORDER BY t.name",
    "rates": _RATES + "ORDER BY r.currency, r.on_date",
    "days_off": _DAYS_OFF + "ORDER BY f.from_on, f.to_on, f.id",
}

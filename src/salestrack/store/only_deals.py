"""The customer's only open deal, which activities of imports join as those that are logged by hand do."""

from salestrack.store.engine import Engine, Row

_OPEN_THEN = (
    "d.customer_id = {customer} AND (d.created_on IS NULL OR d.created_on <= {day}) "
    "AND (d.status = 'open' OR d.closed_on >= {day})"
)


def only_deal(customer: str, day: str) -> str:
    """Return SQL for the one deal of a customer that was open on a day; NULL for none, for several and without a day."""
    open_then = _OPEN_THEN.format(customer=customer, day=day)
    return f"(SELECT iif(count(*) = 1 AND {day} IS NOT NULL, min(d.id), NULL) FROM deals d WHERE {open_then})"


def join_only_deals(engine: Engine, params: Row) -> None:
    """Let the new activities of an import that name no deal join the only one; the journal keeps that they named none."""
    day = "coalesce(happened_on, due_on)"
    engine.execute(
        f"UPDATE activities SET deal_id = {only_deal('activities.customer_id', day)} "
        "WHERE id IN (SELECT :activities + no FROM staging.rows WHERE state = 0) AND deal_id IS NULL "
        f"AND customer_id IN (SELECT customer_id FROM deals) AND {only_deal('activities.customer_id', day)} IS NOT NULL",
        params,
    )


def joined_by_imports(engine: Engine) -> set[int]:
    """Return the activities that named no deal and that their import joined to one."""
    rows = engine.query(
        "SELECT j.row_id FROM journal j JOIN activities a ON a.id = j.row_id AND a.created_op = j.op "
        "JOIN operations o ON o.id = j.op AND o.kind = 'import' WHERE j.tbl = 'activities' AND j.after IS NOT NULL "
        "AND json_extract(j.before, '$.deal_id') IS NULL AND json_extract(j.after, '$.deal_id') IS NOT NULL"
    )
    return {row["row_id"] for row in rows}

-- Open deals, with what is wrong with each: expected to have closed by now, no next step, left alone for too long.
-- Snoozed ones may be late, but wait for their next step.
-- section scope
WITH limits (stage_id, days, quiet_before, is_first) AS (VALUES {limits}),
quiet AS (
    SELECT d.id, d.currency, d.amount, d.expected_on, n.next_on, l.quiet_before,
        CASE WHEN n.last_on IS NULL OR d.stage_since > n.last_on THEN d.stage_since ELSE n.last_on END AS quiet_since,
        CASE WHEN n.next_on IS NULL AND coalesce(d.snoozed_until, '') <= :today
            AND coalesce(d.customer_id, 0) NOT IN (SELECT id FROM customers WHERE snoozed_until > :today)
        THEN 1 ELSE 0 END AS stepless
    FROM deals d
    JOIN limits l ON l.stage_id = d.stage_id
    LEFT JOIN deal_state n ON n.deal_id = d.id
    WHERE d.status = 'open' AND {filter}
),
scope AS (
    SELECT q.*, CASE WHEN q.expected_on < :today THEN 1 ELSE 0 END AS overdue,
        CASE WHEN q.stepless = 1 AND q.quiet_since < q.quiet_before THEN 1 ELSE 0 END AS stale
    FROM quiet q
)
-- section answer
SELECT overdue, stale, stepless, currency, count(*) AS deals, count(amount) AS priced,
    coalesce(sum(amount), 0) AS amount, min(quiet_since) AS since
FROM scope
WHERE overdue = 1 OR stepless = 1
GROUP BY overdue, stale, stepless, currency
-- section ids
SELECT 'd' || id AS ref FROM scope WHERE overdue = 1 OR stepless = 1 ORDER BY id

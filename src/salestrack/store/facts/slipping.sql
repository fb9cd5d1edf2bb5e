-- Open deals, with what is wrong with each: expected to have closed by now, no next step, left alone for too long.
-- section scope
WITH limits (stage_id, days) AS (VALUES {limits}),
quiet AS (
    SELECT d.id, d.title, d.customer_id, d.currency, d.amount, coalesce(d.probability, s.probability) AS probability,
        d.expected_on, n.next_on, l.days AS limit_days,
        CASE WHEN n.last_on IS NULL OR d.stage_since > n.last_on THEN d.stage_since ELSE n.last_on END AS quiet_since
    FROM deals d
    JOIN stages s ON s.id = d.stage_id
    JOIN limits l ON l.stage_id = d.stage_id
    LEFT JOIN deal_state n ON n.deal_id = d.id
    WHERE d.status = 'open' AND {filter}
),
scope AS (
    SELECT q.*, CASE WHEN q.expected_on < :today THEN 1 ELSE 0 END AS overdue,
        CASE WHEN q.next_on IS NULL AND days_between(q.quiet_since, :today) > q.limit_days THEN 1 ELSE 0 END AS stale,
        CASE WHEN q.next_on IS NULL THEN 1 ELSE 0 END AS stepless
    FROM quiet q
)
-- section answer
SELECT overdue, stale, stepless, currency, count(*) AS deals, count(amount) AS priced,
    coalesce(sum(amount), 0) AS amount, min(quiet_since) AS since
FROM scope
WHERE overdue = 1 OR stepless = 1
GROUP BY overdue, stale, stepless, currency
-- section worst
, worths (currency, factor) AS (VALUES {worths})
SELECT 'd' || v.id AS ref, v.id, CASE WHEN v.overdue = 1 THEN 'overdue' WHEN v.stale = 1 THEN 'stale' ELSE 'stepless' END,
    v.title, c.name AS customer, NULL AS due_on, v.expected_on, v.quiet_since, v.next_on, v.limit_days, v.currency,
    v.amount, v.probability
FROM scope v
LEFT JOIN worths w ON w.currency = v.currency
LEFT JOIN customers c ON c.id = v.customer_id
WHERE v.overdue = 1 OR v.stepless = 1
ORDER BY CASE WHEN v.overdue = 1 THEN 0 WHEN v.stale = 1 THEN 1 ELSE 2 END,
    v.amount * v.probability * w.factor DESC NULLS LAST, v.id
LIMIT :most
-- section ids
SELECT 'd' || id AS ref FROM scope WHERE overdue = 1 OR stepless = 1 ORDER BY id

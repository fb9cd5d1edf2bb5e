-- Planned steps that are due, the ones with the most money behind them first; snoozed ones wait.
-- section scope
WITH scope AS (
    SELECT a.id, a.kind, coalesce(a.subject, a.note) AS title, a.customer_id, a.due_on, d.id AS deal_id,
        d.title AS deal_title, d.expected_on, d.currency, d.amount, coalesce(d.probability, s.probability) AS probability
    FROM activities a
    LEFT JOIN deals d ON d.id = a.deal_id AND d.status = 'open'
    LEFT JOIN stages s ON s.id = d.stage_id
    WHERE a.done = 0 AND a.due_on <= :today AND (a.snoozed_until IS NULL OR a.snoozed_until <= :today) AND {filter}
)
-- section answer
, worths (currency, factor) AS (VALUES {worths})
SELECT 'a' || v.id AS ref, v.deal_id, v.kind, coalesce(v.title, v.deal_title, '') AS title, c.name AS customer, v.due_on,
    v.expected_on, NULL AS quiet_since, v.due_on AS next_on, 0 AS limit_days, v.currency, v.amount, v.probability
FROM scope v
LEFT JOIN worths w ON w.currency = v.currency
LEFT JOIN customers c ON c.id = v.customer_id
ORDER BY v.amount * v.probability * w.factor DESC NULLS LAST, v.due_on, v.id
LIMIT :most
-- section ids
SELECT 'a' || id AS ref FROM scope ORDER BY id

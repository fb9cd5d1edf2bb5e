-- Open deals as they stand.
-- section scope
WITH scope AS (
    SELECT d.id, d.stage_id, d.currency, d.amount, d.created_on, coalesce(d.probability, s.probability) AS probability,
        CASE WHEN d.expected_on < :as_of THEN 1 ELSE 0 END AS overdue,
        CASE WHEN d.expected_on IS NULL THEN 1 ELSE 0 END AS undated,
        CASE WHEN n.next_on IS NULL THEN 1 ELSE 0 END AS stepless,
        1 AS dated
    FROM deals d
    JOIN stages s ON s.id = d.stage_id
    LEFT JOIN deal_state n ON n.deal_id = d.id
    WHERE d.status = 'open' AND {filter}
)
-- section answer
SELECT stage_id, currency, overdue, undated, stepless, dated, count(*) AS deals, count(*) - count(amount) AS unknown,
    coalesce(sum(amount), 0) AS amount, coalesce(sum(amount * probability), 0) AS weighted
FROM scope
GROUP BY stage_id, currency, overdue, undated, stepless, dated
-- section ages
SELECT stage_id, days_between(created_on, :as_of) AS days, count(*) AS deals
FROM scope
WHERE dated = 1 AND created_on <= :as_of
GROUP BY stage_id, days_between(created_on, :as_of)
-- section ids
SELECT 'd' || id AS ref FROM scope WHERE dated = 1 ORDER BY id

-- Deals that were open at the end of a day, as they were then. The history is read in one go: an index on from_on
-- would find half of it, row by row. Versions that nobody can date are counted apart.
-- section scope
WITH then_worth (stage_id, probability) AS (
    SELECT stage_id, probability FROM stage_history
    WHERE (from_on IS NULL OR from_on <= :as_of) AND (to_on IS NULL OR to_on > :as_of)
),
scope AS (
    SELECT d.id, h.stage_id, h.currency, h.amount, d.created_on,
        coalesce(h.probability, w.probability, s.probability) AS probability,
        CASE WHEN h.expected_on < :as_of THEN 1 ELSE 0 END AS overdue,
        CASE WHEN h.expected_on IS NULL THEN 1 ELSE 0 END AS undated,
        0 AS stepless,
        CASE WHEN h.from_on IS NULL THEN 0 ELSE 1 END AS dated
    FROM deal_history h
    JOIN stages s ON s.id = h.stage_id
    JOIN deals d ON d.id = h.deal_id
    LEFT JOIN then_worth w ON w.stage_id = h.stage_id
    WHERE s.kind = 'open' AND (h.to_on IS NULL OR h.to_on > :as_of) AND (h.from_on IS NULL OR h.from_on <= :as_of)
        AND {filter}
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

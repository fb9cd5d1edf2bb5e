-- How long deals stayed in each open stage: one visit is every version with the same stage since the same day.
-- Visits that nobody can date have no length.
-- section answer
WITH visits AS (
    SELECT h.stage_id, h.stage_since, max(h.to_on) AS until_on,
        CASE WHEN count(*) = count(h.to_on) THEN 1 ELSE 0 END AS ended
    FROM deals d
    CROSS JOIN deal_history h
    WHERE h.deal_id = d.id AND h.stage_since IS NOT NULL AND {cohort} AND {filter} AND {visit} AND {visit_filter}
        AND h.stage_id IN (SELECT id FROM stages WHERE kind = 'open')
    GROUP BY d.id, h.stage_since, h.stage_id
)
SELECT stage_id, ended, days_between(stage_since, CASE WHEN ended = 1 THEN until_on ELSE :as_of END) AS days,
    count(*) AS visits
FROM visits
GROUP BY stage_id, ended, days_between(stage_since, CASE WHEN ended = 1 THEN until_on ELSE :as_of END)

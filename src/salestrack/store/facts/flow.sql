-- How far deals came through their stages, read from every version they ever had. A won deal passed them all, so
-- its history need not be read; one that was reopened is not won. A deal that went to another pipeline has left the
-- stages of the former one: it stands in both, and in the totals once. Materialized, since the stage a deal was in last is asked for once, not per use.
-- section scope
WITH reached AS (
    SELECT d.id, {pipeline} AS pipeline_id, CASE WHEN {pipeline} = d.pipeline_id THEN d.status ELSE 'left' END AS status,
        d.stage_id,
        coalesce(max(CASE WHEN s.kind = 'open' THEN s.position END), -1) AS top,
        coalesce(min(CASE WHEN s.kind = 'open' THEN s.position END), -1) AS bottom,
        CASE WHEN d.status = 'won' AND {pipeline} = d.pipeline_id THEN 1 ELSE 0 END AS won,
        {again} AS again
    FROM deals d
    CROSS JOIN deal_history h
    JOIN stages s ON s.id = h.stage_id
    WHERE h.deal_id = d.id AND {among} AND {cohort} AND {filter} AND {visit_filter}
    GROUP BY d.id, {pipeline}
),
placed AS MATERIALIZED (
    SELECT q.id, q.pipeline_id, q.status, q.top, q.won, q.again, CASE
        WHEN q.status = 'left' THEN NULL
        WHEN q.status = 'open' THEN (SELECT s.position FROM stages s WHERE s.id = q.stage_id)
        WHEN q.status = 'won' OR q.bottom = q.top THEN q.top
        ELSE (
            SELECT s.position FROM deal_history h JOIN stages s ON s.id = h.stage_id
            WHERE h.deal_id = q.id AND s.kind = 'open' AND s.pipeline_id = q.pipeline_id
            ORDER BY h.from_on DESC NULLS LAST, h.seq DESC LIMIT 1
        )
    END AS last_place
    FROM reached q
)
-- section answer
SELECT pipeline_id, NULL AS stage_id, top, won, status, CASE WHEN last_place = top THEN 1 ELSE 0 END AS at_top,
    count(*) AS deals, again
FROM placed
GROUP BY pipeline_id, top, won, status, CASE WHEN last_place = top THEN 1 ELSE 0 END, again
UNION ALL
SELECT d.pipeline_id, NULL, -1, 1, 'won', 1, count(*), 0
FROM deals d
WHERE d.status = 'won' AND {cohort} AND {filter} AND {deal_filter}
GROUP BY d.pipeline_id
-- section removed
SELECT q.pipeline_id, v.stage_id, q.top, q.won, q.status, CASE WHEN q.last_place = q.top THEN 1 ELSE 0 END AS at_top,
    count(*) AS deals, 0
FROM (
    SELECT DISTINCT h.deal_id, h.stage_id, s.position, s.pipeline_id
    FROM deal_history h
    JOIN stages s ON s.id = h.stage_id
    WHERE s.kind = 'open' AND s.removed_on IS NOT NULL
) v
JOIN placed q ON q.id = v.deal_id AND q.pipeline_id = v.pipeline_id
WHERE q.top > v.position OR q.won = 1
GROUP BY q.pipeline_id, v.stage_id, q.top, q.won, q.status, CASE WHEN q.last_place = q.top THEN 1 ELSE 0 END
-- section entered
, entries AS (
    SELECT q.id, q.pipeline_id, t.id AS stage_id
    FROM placed q
    JOIN stages t ON t.pipeline_id = q.pipeline_id AND t.kind = 'open'
    JOIN deal_history h ON h.deal_id = q.id
    JOIN stages s ON s.id = h.stage_id AND s.pipeline_id = q.pipeline_id
    WHERE h.stage_id = t.id
        OR t.removed_on IS NULL AND (s.kind = 'won' AND q.won = 1 OR s.kind = 'open' AND s.position > t.position)
    GROUP BY q.id, t.id
    HAVING min(h.stage_since) BETWEEN :first_on AND :last_on
)
SELECT q.pipeline_id, e.stage_id, q.top, q.won, q.status, CASE WHEN q.last_place = q.top THEN 1 ELSE 0 END AS at_top,
    count(*) AS deals, 0
FROM entries e
JOIN placed q ON q.id = e.id AND q.pipeline_id = e.pipeline_id
GROUP BY q.pipeline_id, e.stage_id, q.top, q.won, q.status, CASE WHEN q.last_place = q.top THEN 1 ELSE 0 END
-- section ids
SELECT 'd' || d.id AS ref FROM deals d WHERE {cohort} AND {filter} AND {ever_filter} ORDER BY d.id

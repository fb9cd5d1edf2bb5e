-- Every stage in order, with the name and probability that it had at the end of a day; the order is
-- today's, since places of several days cannot be mixed.
-- section answer
SELECT s.id, s.pipeline_id, p.name AS pipeline, coalesce(x.name, s.name) AS name,
    s.position, s.kind, coalesce(x.probability, s.probability) AS probability,
    s.stale_days, CASE WHEN s.removed_on <= :as_of THEN 1 ELSE 0 END AS removed
FROM stages s
JOIN pipelines p ON p.id = s.pipeline_id
LEFT JOIN stage_history x ON x.stage_id = s.id
    AND (x.from_on IS NULL OR x.from_on <= :as_of) AND (x.to_on IS NULL OR x.to_on > :as_of)
ORDER BY p.position, p.id, s.position, s.id

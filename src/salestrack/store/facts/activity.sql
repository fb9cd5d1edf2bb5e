-- Done activities by the day they happened. A meeting or demo that nobody came to was not held.
-- section scope
WITH spans (span, first_on, last_on) AS (VALUES {spans}),
scope AS (
    SELECT a.id, a.happened_on AS day, {key_id} AS key_id, {key} AS key, a.kind, {outcome} AS outcome, a.seconds
    FROM activities a
    {joins}
    WHERE a.done = 1 AND a.happened_on BETWEEN :first_on AND :last_on AND {filter}
)
-- section answer
SELECT p.span, v.key, v.key_id, count(*) AS activities,
    count(*) FILTER (WHERE v.kind = 'call') AS calls,
    coalesce(sum(v.seconds) FILTER (WHERE v.kind = 'call'), 0) AS call_seconds,
    count(*) FILTER (WHERE v.kind = 'call' AND v.outcome = :connected) AS connected,
    count(*) FILTER (WHERE v.kind = 'call' AND v.outcome IS NOT NULL) AS outcomes,
    count(*) FILTER (WHERE v.kind = 'email') AS emails,
    count(*) FILTER (WHERE v.kind = 'meeting' AND coalesce(v.outcome, '') <> :no_show) AS meetings,
    count(*) FILTER (WHERE v.kind = 'demo' AND coalesce(v.outcome, '') <> :no_show) AS demos
FROM scope v
JOIN spans p ON v.day BETWEEN p.first_on AND p.last_on
GROUP BY p.span, v.key, v.key_id
ORDER BY p.span, v.key NULLS LAST, v.key_id
-- section ids
SELECT DISTINCT 'a' || v.id AS ref, v.id
FROM scope v
JOIN spans p ON v.day BETWEEN p.first_on AND p.last_on
WHERE p.span < :own
ORDER BY v.id

-- Targets whose period touches the days asked about.
-- section answer
SELECT q.id, q.metric, q.start_on, q.end_on, q.target, q.currency, q.owner_id, o.name AS owner, q.channel
FROM quotas q
LEFT JOIN owners o ON o.id = q.owner_id
WHERE q.start_on <= :last_on AND q.end_on >= :first_on AND {filter}
ORDER BY q.metric, q.start_on, q.end_on, o.name NULLS FIRST, q.channel NULLS FIRST, q.id
-- section ids
SELECT 'q' || q.id AS ref FROM quotas q
WHERE q.start_on <= :last_on AND q.end_on >= :first_on AND {filter}
ORDER BY q.id

-- Deals that do not stand where their history ends, or whose versions leave a gap or overlap.
WITH ordered AS (
    SELECT h.*, lead(h.from_on) OVER w AS following, lead(h.id) OVER w AS next_id
    FROM deal_history h
    WINDOW w AS (PARTITION BY h.deal_id ORDER BY h.from_on NULLS FIRST, h.seq, h.id)
)
SELECT 'd' || d.id AS ref, d.title,
    CASE WHEN max(o.next_id IS NULL AND (
        o.stage_id <> d.stage_id OR o.amount IS NOT d.amount OR o.currency <> d.currency OR o.owner_id IS NOT d.owner_id
        OR o.expected_on IS NOT d.expected_on OR o.probability IS NOT d.probability)) = 1
        THEN 'stands elsewhere than its history ends' ELSE 'has a gap or an overlap in its history' END AS fault
FROM ordered o
JOIN deals d ON d.id = o.deal_id
GROUP BY d.id
HAVING max(o.next_id IS NOT NULL AND o.to_on IS NOT o.following) = 1
    OR max(o.next_id IS NULL AND o.to_on IS NOT NULL) = 1
    OR max(o.next_id IS NULL AND (
        o.stage_id <> d.stage_id OR o.amount IS NOT d.amount OR o.currency <> d.currency OR o.owner_id IS NOT d.owner_id
        OR o.expected_on IS NOT d.expected_on OR o.probability IS NOT d.probability)) = 1
ORDER BY d.id

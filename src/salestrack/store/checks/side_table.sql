-- Deals whose last activity or next step in deal_state is not what the activities say.
WITH true_state AS (
    SELECT deal_id, max(CASE WHEN done = 1 THEN happened_on END) AS last_on, min(CASE WHEN done = 0 THEN due_on END) AS next_on
    FROM activities
    WHERE deal_id IS NOT NULL
    GROUP BY deal_id
)
SELECT 'd' || t.deal_id AS ref
FROM true_state t
LEFT JOIN deal_state s ON s.deal_id = t.deal_id
WHERE s.deal_id IS NULL OR s.last_on IS NOT t.last_on OR s.next_on IS NOT t.next_on
UNION ALL
SELECT 'd' || s.deal_id FROM deal_state s WHERE s.deal_id NOT IN (SELECT deal_id FROM true_state)

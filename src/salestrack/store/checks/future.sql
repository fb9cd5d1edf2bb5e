-- What is dated after today as if it had happened: no report counts it yet.
SELECT 'd' || d.id AS ref, d.status AS what, d.closed_on AS on_date FROM deals d WHERE d.closed_on > :today
UNION ALL
SELECT 's' || s.id, s.kind, s.on_date FROM sales s WHERE s.on_date > :today
UNION ALL
SELECT 'a' || a.id, a.kind, a.happened_on FROM activities a WHERE a.done = 1 AND a.happened_on > :today

-- Won and lost deals without the day: they are in no period.
SELECT 'd' || d.id AS ref, d.title, d.status
FROM deals d
WHERE d.status <> 'open' AND d.closed_on IS NULL
ORDER BY d.id

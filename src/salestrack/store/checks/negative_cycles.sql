-- Deals that were closed before they were created: no sales cycle can be counted for them.
SELECT 'd' || d.id AS ref, d.title, d.status, d.created_on, d.closed_on
FROM deals d
WHERE d.closed_on IS NOT NULL AND d.closed_on < d.created_on
ORDER BY d.id

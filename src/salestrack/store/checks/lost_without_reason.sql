-- Lost deals without a reason, where the book asks for one.
SELECT 'd' || d.id AS ref, d.title
FROM deals d
WHERE d.status = 'lost' AND d.reason_id IS NULL
    AND coalesce((SELECT value FROM settings WHERE key = 'reason_required'), 'yes') <> 'no'
ORDER BY d.id

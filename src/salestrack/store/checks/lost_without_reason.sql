-- Lost deals without a reason, where the book asks for one; what an import brought in without is the file's matter.
SELECT 'd' || d.id AS ref, d.title
FROM deals d
WHERE d.status = 'lost' AND d.reason_id IS NULL
    AND coalesce((SELECT value FROM settings WHERE key = 'reason_required'), 'yes') <> 'no'
    AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.record_id = d.id AND k.kind = 'deals')
ORDER BY d.id

-- Deals whose status is not that of their stage.
SELECT 'd' || d.id AS ref, d.title, d.status, s.name AS stage
FROM deals d
JOIN stages s ON s.id = d.stage_id
WHERE d.status <> s.kind OR d.pipeline_id <> s.pipeline_id
ORDER BY d.id

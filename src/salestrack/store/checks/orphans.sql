-- Activities about nobody, and people at no customer; a to-do of one's own calendar is about nobody rightly.
SELECT 'a' || a.id AS ref, a.kind AS what, coalesce(a.note, a.subject, '') AS name
FROM activities a
WHERE a.customer_id IS NULL AND a.contact_id IS NULL AND a.deal_id IS NULL AND a.kind <> 'task'
UNION ALL
SELECT 'n' || n.id, 'contact', n.name FROM contacts n WHERE n.customer_id IS NULL

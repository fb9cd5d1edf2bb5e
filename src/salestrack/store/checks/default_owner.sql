-- A default owner who is nobody in the book: everything new would be theirs, and nothing can be recorded.
SELECT s.value AS number
FROM settings s
WHERE s.key = 'owner' AND s.value <> '' AND NOT EXISTS (SELECT 1 FROM owners o WHERE CAST(o.id AS TEXT) = s.value)

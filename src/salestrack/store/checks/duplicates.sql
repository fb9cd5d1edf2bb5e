-- Customers who may be one: the same address, phone number, or name apart from spaces and the legal form.
WITH forms (word) AS (SELECT ' ' || value FROM json_each(:forms)),
named AS (
    SELECT c.id, c.name, replace(substr(c.key, 1, length(c.key) - coalesce(length(f.word), 0)), ' ', '') AS bare
    FROM customers c LEFT JOIN forms f ON length(c.key) > length(f.word) AND substr(c.key, -length(f.word)) = f.word
    WHERE c.merged_into IS NULL
),
alike AS (
    SELECT 'name' AS why, bare AS word, id FROM named WHERE bare <> ''
    UNION ALL SELECT 'address', email_key, id FROM customers WHERE email_key IS NOT NULL AND merged_into IS NULL
    UNION ALL SELECT 'phone number', phone_key, id FROM customers WHERE phone_key IS NOT NULL AND merged_into IS NULL
),
first AS (
    SELECT why, word, min(id) AS id FROM alike GROUP BY why, word HAVING count(*) > 1
)
SELECT 'c' || f.id AS ref, 'c' || a.id AS other, kept.name, double.name AS other_name, group_concat(
        CASE WHEN a.why = 'name' AND kept.key <> double.key THEN 'name but for gaps or the legal form' ELSE a.why END, ' and '
    ) AS why
FROM first f
JOIN alike a ON a.why = f.why AND a.word = f.word AND a.id <> f.id
JOIN customers kept ON kept.id = f.id
JOIN customers double ON double.id = a.id
GROUP BY f.id, a.id
ORDER BY f.id, a.id

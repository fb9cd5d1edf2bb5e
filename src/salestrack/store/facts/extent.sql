-- The first and the last day on which anything was created, closed or sold.
-- section answer
SELECT min(day) AS first_on, max(day) AS last_on
FROM (
    SELECT min(created_on) AS day FROM deals WHERE created_on IS NOT NULL
    UNION ALL SELECT max(created_on) FROM deals WHERE created_on IS NOT NULL
    UNION ALL SELECT min(closed_on) FROM deals WHERE closed_on IS NOT NULL
    UNION ALL SELECT max(closed_on) FROM deals WHERE closed_on IS NOT NULL
    UNION ALL SELECT min(on_date) FROM sales WHERE on_date IS NOT NULL
    UNION ALL SELECT max(on_date) FROM sales WHERE on_date IS NOT NULL
) days

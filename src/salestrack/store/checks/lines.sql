-- Lines that do not add up to the amount of their deal or sale.
SELECT 'd' || d.id AS ref, d.amount, d.currency, x.total
FROM (SELECT deal_id, sum(amount) AS total, sum(amount IS NULL) AS unknown FROM deal_lines GROUP BY deal_id) x
JOIN deals d ON d.id = x.deal_id
WHERE x.unknown = 0 AND d.amount IS NOT NULL AND x.total <> d.amount
UNION ALL
SELECT 's' || s.id, s.amount, s.currency, x.total
FROM (SELECT sale_id, sum(amount) AS total, sum(amount IS NULL) AS unknown FROM sale_lines GROUP BY sale_id) x
JOIN sales s ON s.id = x.sale_id
WHERE x.unknown = 0 AND x.total <> s.amount

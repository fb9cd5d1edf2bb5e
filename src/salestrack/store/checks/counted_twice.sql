-- A won deal, and a sale of the same customer and amount within 90 days that is not linked to it: revenue has both.
SELECT 'd' || d.id AS ref, 's' || s.id AS other, d.title, c.name AS customer, d.amount, d.currency, s.on_date
FROM sales s
JOIN deals d ON d.customer_id = s.customer_id AND d.status = 'won' AND d.amount = s.amount AND d.currency = s.currency
JOIN customers c ON c.id = s.customer_id
WHERE s.deal_id IS NULL AND s.kind = 'sale' AND s.amount > 0
    AND abs(days_between(s.on_date, d.closed_on)) <= 90
    AND d.amount > coalesce((SELECT sum(b.amount) FROM sales b WHERE b.deal_id = d.id), 0)
ORDER BY d.id, s.id

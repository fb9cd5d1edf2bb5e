-- Open deals whose expected close has passed.
SELECT 'd' || d.id AS ref, d.title, c.name AS customer, d.amount, d.currency, d.expected_on
FROM deals d
LEFT JOIN customers c ON c.id = d.customer_id
WHERE d.status = 'open' AND d.expected_on < :today
ORDER BY d.expected_on, d.id

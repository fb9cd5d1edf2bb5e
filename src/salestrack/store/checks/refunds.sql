-- Sales of which more was given back than they brought in.
SELECT 's' || s.id AS ref, s.amount, s.currency, -sum(r.amount) AS refunded
FROM sales r
JOIN sales s ON s.id = r.refund_of
GROUP BY s.id
HAVING -sum(r.amount) > s.amount
ORDER BY s.id

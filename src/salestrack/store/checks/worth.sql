-- Money in the book's own currency whose worth in the book's currency is another amount.
WITH own (currency) AS (SELECT value FROM settings WHERE key = 'currency')
SELECT 'd' || d.id AS ref, d.amount, d.currency, d.book_amount
FROM deals d, own
WHERE d.status <> 'open' AND d.currency = own.currency AND d.book_amount IS NOT d.amount
UNION ALL
SELECT 's' || s.id, s.amount, s.currency, s.book_amount
FROM sales s, own
WHERE s.currency = own.currency AND s.book_amount IS NOT s.amount

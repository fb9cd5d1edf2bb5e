-- Money of closed deals and of sales that no rate was known for: it stands apart from every sum.
SELECT currency, count(*) AS records, sum(amount) AS amount, min(on_date) AS first_on
FROM revenue
WHERE book_amount IS NULL
GROUP BY currency
ORDER BY currency

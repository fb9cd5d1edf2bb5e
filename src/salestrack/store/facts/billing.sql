-- Won deals of the span that have invoices, and what is still to bill; or was billed beyond it; the largest
-- rest of each first. Invoices of another
-- currency than the deal's cannot be set against it: such a deal is left out.
-- section scope
WITH {then}due AS MATERIALIZED (
    -- What repeats is to be billed each time that it has fallen due.
    SELECT deal_id, sum(amount) AS amount FROM occurrences WHERE on_date <= :today GROUP BY deal_id
),
scope AS MATERIALIZED (
    SELECT d.id, d.title, c.name AS customer, d.currency, coalesce(u.amount, d.amount) AS amount, sum(s.amount) AS billed
    FROM deals d
    JOIN sales s ON s.deal_id = d.id AND s.kind = 'sale' -- what was given back is not billed again
    LEFT JOIN customers c ON c.id = d.customer_id
    LEFT JOIN due u ON u.deal_id = d.id
    WHERE d.status = 'won' AND d.closed_on BETWEEN :first_on AND :last_on AND d.amount IS NOT NULL
        AND coalesce(s.on_date, '') <= :today AND {filter}
    GROUP BY d.id, d.title, c.name, d.currency, d.amount, u.amount
    HAVING min(s.currency) = d.currency AND max(s.currency) = d.currency
)
-- section answer
SELECT * FROM (
    SELECT id, title, customer, currency, amount, billed
    FROM scope
    WHERE billed < amount
    ORDER BY amount - billed DESC, id
    LIMIT :most
)
UNION ALL
SELECT * FROM (
    SELECT id, title, customer, currency, amount, billed
    FROM scope
    WHERE billed > amount
    ORDER BY billed - amount DESC, id
    LIMIT :most
)
-- section ids
SELECT 'd' || id AS ref FROM scope WHERE billed <> amount ORDER BY id

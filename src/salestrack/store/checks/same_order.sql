-- Sales that may be one order from two sources: the same buyer and gross amount within two days, or one names the other.
WITH told AS (
    SELECT s.id, s.on_date, s.amount, s.currency, s.amount + coalesce(s.tax, 0) AS gross, s.ref, s.customer_id,
        coalesce(c.email_key, 'c' || s.customer_id) AS buyer, k.key, coalesce(k.source, 'by hand') AS source
    FROM sales s
    LEFT JOIN customers c ON c.id = s.customer_id
    LEFT JOIN import_keys k ON k.kind = 'sales' AND k.record_id = s.id
    WHERE s.kind = 'sale' AND s.amount > 0 /*of*/
        -- A book of one source is not looked through.
        AND (SELECT count(DISTINCT source) FROM import_keys WHERE kind = 'sales') + EXISTS (
            SELECT 1 FROM sales x
            WHERE NOT EXISTS (SELECT 1 FROM import_keys y WHERE y.kind = 'sales' AND y.record_id = x.id)
        ) > 1
),
beside AS (
    SELECT t.*, lag(id) OVER w AS other, lag(on_date) OVER w AS other_on, lag(source) OVER w AS other_source
    FROM told t
    WHERE buyer IS NOT NULL AND on_date IS NOT NULL
    WINDOW w AS (PARTITION BY buyer, currency, gross ORDER BY on_date, id)
),
alike AS (
    SELECT min(id, other) AS id, max(id, other) AS other FROM beside
    WHERE other_source <> source AND days_between(on_date, other_on) <= 2
    UNION
    SELECT min(a.id, b.id), max(a.id, b.id) FROM told a JOIN told b ON b.ref = a.ref
    WHERE b.source <> a.source AND b.currency = a.currency AND b.gross = a.gross
    UNION
    SELECT min(a.id, b.id), max(a.id, b.id) FROM told a JOIN told b ON b.key = a.ref WHERE b.source <> a.source
)
SELECT 's' || x.id AS ref, 's' || x.other AS other, a.amount, a.currency, a.on_date, a.source, b.source AS other_source,
    coalesce(c.name, 'nobody known') AS customer
FROM (SELECT DISTINCT id, other FROM alike WHERE id <> other) x
JOIN told a ON a.id = x.id
JOIN told b ON b.id = x.other AND b.source <> a.source
LEFT JOIN customers c ON c.id = a.customer_id
ORDER BY x.id, x.other

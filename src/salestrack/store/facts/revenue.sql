-- Net revenue by date. The view says what counts; on the basis of sales, recorded sales alone count.
-- section scope
WITH {then}spans (span, first_on, last_on) AS (VALUES {spans}),
scope AS {kept}(
    SELECT r.on_date AS day, r.kind, r.record_id, r.owner_id, r.channel, {key_id} AS key_id, {key} AS key, r.currency,
        {amount} AS amount, {book_amount} AS book_amount,
        CASE WHEN r.currency <> :currency AND :currency <> :book THEN (
            SELECT x.rate FROM rates x WHERE x.currency = :currency AND x.on_date <= r.on_date
            ORDER BY x.on_date DESC LIMIT 1
        ) END AS rate
    FROM {source} r
    {joins}
    WHERE r.on_date BETWEEN :first_on AND :last_on AND {filter}
),
priced AS (
    SELECT scope.*, CASE
        WHEN currency = :currency THEN amount
        WHEN :currency = :book OR rate IS NOT NULL THEN book_amount
    END AS worth
    FROM scope
)
-- section answer
, daily AS (
    SELECT day, key_id, key, kind, currency, rate, count({distinct}record_id) AS records,
        count({distinct}CASE WHEN worth IS NOT NULL THEN record_id END) AS priced, coalesce(sum(worth), 0) AS amount,
        count({distinct}CASE WHEN worth IS NULL AND amount IS NOT NULL THEN record_id END) AS unpriced,
        coalesce(sum(CASE WHEN worth IS NULL THEN amount END), 0) AS unpriced_amount
    FROM priced
    GROUP BY day, key_id, key, kind, currency, rate
)
SELECT p.span, g.key, g.key_id, g.kind, sum(g.records) AS records, g.currency, g.rate, sum(g.priced) AS priced,
    sum(g.amount) AS amount, sum(g.unpriced) AS unpriced, sum(g.unpriced_amount) AS unpriced_amount
FROM daily g
JOIN spans p ON g.day BETWEEN p.first_on AND p.last_on
GROUP BY p.span, g.key, g.key_id, g.kind, g.currency, g.rate
ORDER BY p.span, g.key NULLS LAST, g.key_id
-- section booked
, daily AS (
    SELECT day, owner_id, channel, currency, rate, count(*) AS records, count(worth) AS priced,
        coalesce(sum(worth), 0) AS amount, count(amount) - count(worth) AS unpriced,
        coalesce(sum(CASE WHEN worth IS NULL THEN amount END), 0) AS unpriced_amount
    FROM priced
    GROUP BY day, owner_id, channel, currency, rate
)
SELECT p.span, g.owner_id, g.channel, sum(g.records) AS records, g.currency, g.rate, sum(g.priced) AS priced,
    sum(g.amount) AS amount, sum(g.unpriced) AS unpriced, sum(g.unpriced_amount) AS unpriced_amount
FROM daily g
JOIN spans p ON g.day BETWEEN p.first_on AND p.last_on
GROUP BY p.span, g.owner_id, g.channel, g.currency, g.rate
ORDER BY p.span, g.owner_id, g.channel
-- section ids
SELECT DISTINCT CASE WHEN v.kind = 'deal' THEN 'd' ELSE 's' END || v.record_id AS ref, v.kind, v.record_id
FROM scope v
JOIN spans p ON v.day BETWEEN p.first_on AND p.last_on
WHERE p.span < :own
ORDER BY v.kind, v.record_id

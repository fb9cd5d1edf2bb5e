-- What came of deals: those closed in the spans of days, or created in them.
-- section scope
WITH {then}spans (span, first_on, last_on) AS (VALUES {spans}),
scope AS {kept}(
    SELECT d.id, {day} AS day, {key_id} AS key_id, {key} AS key, d.currency, d.created_on, d.closed_on,
        CASE WHEN d.status = 'won' AND days_between(d.created_on, d.closed_on) > :within THEN 'late'
            ELSE d.status END AS status,
        {amount} AS amount, {book_amount} AS book_amount,
        CASE WHEN d.currency <> :currency AND :currency <> :book THEN (
            SELECT x.rate FROM rates x WHERE x.currency = :currency AND x.on_date <= d.closed_on
            ORDER BY x.on_date DESC LIMIT 1
        ) END AS rate
    FROM deals d
    {joins}
    WHERE {day} BETWEEN :first_on AND :last_on AND {among} AND {filter}
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
    SELECT day, key_id, key, status, currency, rate, count({distinct}id) AS deals,
        count({distinct}CASE WHEN worth IS NOT NULL THEN id END) AS priced, coalesce(sum(worth), 0) AS amount,
        count({distinct}CASE WHEN worth IS NULL AND amount IS NOT NULL THEN id END) AS unpriced,
        coalesce(sum(CASE WHEN worth IS NULL THEN amount END), 0) AS unpriced_amount
    FROM priced
    GROUP BY day, key_id, key, status, currency, rate
)
SELECT p.span, g.key, g.key_id, g.status, sum(g.deals) AS deals, g.currency, g.rate, sum(g.priced) AS priced,
    sum(g.amount) AS amount, sum(g.unpriced) AS unpriced, sum(g.unpriced_amount) AS unpriced_amount
FROM daily g
JOIN spans p ON g.day BETWEEN p.first_on AND p.last_on
GROUP BY p.span, g.key, g.key_id, g.status, g.currency, g.rate
ORDER BY p.span, g.key NULLS LAST, g.key_id
-- section middle
, ranked AS (
    SELECT p.span, v.key, v.key_id, v.currency, v.rate, v.worth,
        row_number() OVER (
            PARTITION BY p.span, v.key_id, v.key
            ORDER BY CASE WHEN v.rate IS NULL THEN v.worth ELSE v.worth * :scale / v.rate END, v.id
        ) AS place,
        count(*) OVER (PARTITION BY p.span, v.key_id, v.key) AS cases
    FROM priced v
    JOIN spans p ON v.day BETWEEN p.first_on AND p.last_on
    WHERE v.status = 'won' AND v.worth IS NOT NULL
)
SELECT span, key, key_id, currency, rate, worth
FROM ranked
WHERE place * 2 BETWEEN cases AND cases + 2
ORDER BY span, key, place
-- section days
, daily AS (
    SELECT day, key_id, key, status, days_between(created_on, closed_on) AS days, count({distinct}id) AS deals
    FROM scope
    GROUP BY day, key_id, key, status, days_between(created_on, closed_on)
)
SELECT p.span, g.key, g.key_id, g.status, g.days, sum(g.deals) AS deals
FROM daily g
JOIN spans p ON g.day BETWEEN p.first_on AND p.last_on
GROUP BY p.span, g.key, g.key_id, g.status, g.days
ORDER BY p.span, g.key NULLS LAST, g.key_id
-- section won_ids
SELECT DISTINCT 'd' || v.id AS ref, v.id
FROM priced v
JOIN spans p ON v.day BETWEEN p.first_on AND p.last_on
WHERE p.span < :own AND v.status = 'won' AND v.worth IS NOT NULL
ORDER BY v.id
-- section ids
SELECT DISTINCT 'd' || v.id AS ref, v.id
FROM scope v
JOIN spans p ON v.day BETWEEN p.first_on AND p.last_on
WHERE p.span < :own
ORDER BY v.id

-- What repeats: the words of the view of occurrences, as far as a day; and the schedules themselves.
-- section occurrences
WITH RECURSIVE begun AS (
    SELECT h.id, h.sale_id, h.deal_id, coalesce(s.on_date, h.from_on, d.closed_on) AS first_on,
        CASE WHEN h.every LIKE '%m' THEN CAST(h.every AS INTEGER) END AS months, CAST(h.every AS INTEGER) AS step,
        coalesce(h.until_on, {horizon}) AS last_on,
        coalesce(h.amount, s.amount) AS price, s.tax, coalesce(s.amount, d.amount) AS amount,
        coalesce(s.book_amount, d.book_amount) AS book_amount, coalesce(s.rate, d.rate) AS rate
    FROM schedules h
    LEFT JOIN sales s ON s.id = h.sale_id
    LEFT JOIN deals d ON d.id = h.deal_id
    WHERE s.on_date IS NOT NULL OR d.status = 'won'
),
repeated AS (
    SELECT id, first_on, months, step, last_on, 0 AS nth, first_on AS on_date
    FROM begun
    WHERE first_on <= last_on OR sale_id IS NOT NULL
    UNION ALL
    SELECT id, first_on, months, step, last_on, nth + 1, CASE
        WHEN months IS NULL THEN date(first_on, '+' || (step * (nth + 1)) || ' days')
        ELSE min(
            date(first_on, 'start of month', '+' || (step * (nth + 1)) || ' months',
                '+' || (substr(first_on, 9) - 1) || ' days'),
            date(first_on, 'start of month', '+' || (step * (nth + 1) + 1) || ' months', '-1 day')
        )
    END
    FROM repeated
    WHERE on_date < last_on
),
priced AS (
    SELECT b.*, r.nth, r.on_date, CASE WHEN r.nth = 0 AND b.sale_id IS NOT NULL THEN b.amount ELSE coalesce((
        SELECT coalesce(c.amount, -1) FROM schedule_changes c
        WHERE c.schedule_id = r.id AND c.from_on <= r.on_date
        ORDER BY c.from_on DESC LIMIT 1
    ), b.price) END AS worth
    FROM repeated r
    JOIN begun b ON b.id = r.id
    WHERE r.on_date <= r.last_on OR r.nth = 0
)
SELECT id AS schedule_id, sale_id, deal_id, nth, on_date, worth AS amount,
    CASE -- half to even, as everywhere
        WHEN worth = amount THEN tax
        WHEN amount > 0
            THEN (worth * tax) / amount + ((worth * tax) % amount * 2 + (worth * tax) / amount % 2 > amount)
    END AS tax,
    CASE
        WHEN rate IS NULL AND book_amount IS NOT NULL THEN worth
        WHEN amount > 0 THEN (worth * book_amount) / amount
            + ((worth * book_amount) % amount * 2 + (worth * book_amount) / amount % 2 > amount)
    END AS book_amount
FROM priced
WHERE worth >= 0
-- section scope
WITH {then}repeats AS (
    SELECT 'deal' AS kind, d.id AS record_id, d.id AS deal_id, d.customer_id, d.owner_id, d.source, NULL AS channel,
        h.id AS schedule_id, h.every, coalesce(h.from_on, d.closed_on) AS first_on, h.until_on, h.amount, d.currency
    FROM schedules h
    JOIN deals d ON d.id = h.deal_id
    WHERE d.status = 'won' AND coalesce(h.from_on, d.closed_on) IS NOT NULL
    UNION ALL
    SELECT 'sale', s.id, s.deal_id, s.customer_id, s.owner_id, d.source, s.channel,
        h.id, h.every, s.on_date, h.until_on, coalesce(h.amount, s.amount), s.currency
    FROM schedules h
    JOIN sales s ON s.id = h.sale_id
    LEFT JOIN deals d ON d.id = s.deal_id
    WHERE s.on_date IS NOT NULL AND (s.deal_id IS NULL OR d.status = 'lost')
),
scope AS (
    SELECT r.*, {key} AS key, {key_id} AS key_id
    FROM repeats r
    {joins}
    WHERE {filter}
)
-- section answer
SELECT v.kind, v.record_id, v.customer_id, v.owner_id, v.channel, v.key, v.key_id, v.currency, v.schedule_id, v.every,
    v.first_on, v.until_on, v.amount, c.from_on, c.amount
FROM scope v
LEFT JOIN schedule_changes c ON c.schedule_id = v.schedule_id
ORDER BY v.schedule_id, c.from_on
-- section ids
SELECT DISTINCT CASE WHEN kind = 'deal' THEN 'd' ELSE 's' END || record_id AS ref, kind, record_id
FROM scope
ORDER BY kind, record_id

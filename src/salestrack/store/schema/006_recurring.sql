-- What repeats, and what it is worth from when on. Nothing wrote the first table of schedules: it is laid anew.
DROP TABLE schedules;

-- One row for all that repeats; the query that asks expands it, and no future rows are stored. every: '1m' (months) or
-- '14d' (days). from_on null: from the date of its sale, or the close date of its deal. until_on: the last day on which it
-- may fall. amount: what each time is worth, in minor units of the record's currency; null on a sale is the sale's own.
CREATE TABLE schedules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sale_id INTEGER REFERENCES sales (id),
    deal_id INTEGER REFERENCES deals (id),
    activity_id INTEGER REFERENCES activities (id),
    every TEXT NOT NULL CHECK (every GLOB '[1-9]*[md]'),
    from_on TEXT CHECK (from_on GLOB '????-??-??'),
    until_on TEXT CHECK (until_on GLOB '????-??-??'),
    amount INTEGER CHECK (amount >= 0),
    created_op INTEGER NOT NULL,
    CHECK ((sale_id IS NOT NULL) + (deal_id IS NOT NULL) + (activity_id IS NOT NULL) = 1)
) STRICT;
CREATE UNIQUE INDEX schedules_sale ON schedules (sale_id) WHERE sale_id IS NOT NULL;
CREATE UNIQUE INDEX schedules_deal ON schedules (deal_id) WHERE deal_id IS NOT NULL;
CREATE UNIQUE INDEX schedules_activity ON schedules (activity_id) WHERE activity_id IS NOT NULL;

-- The price of a repeating sale or deal from a day on, in minor units of the record's currency; null while it is paused.
CREATE TABLE schedule_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule_id INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    from_on TEXT NOT NULL CHECK (from_on GLOB '????-??-??'),
    amount INTEGER CHECK (amount >= 0),
    created_op INTEGER NOT NULL,
    UNIQUE (schedule_id, from_on)
) STRICT;

-- Every time that a repeating sale or won deal falls due, the first with nth 0 (of a sale that is the sale itself, and as
-- it is recorded). A missing 31st is the last of its month; all are counted from the first. What has no end is followed for
-- five years after the last thing written in the book. Rates are those pinned on the record; tax is in proportion.
CREATE VIEW occurrences AS
WITH RECURSIVE begun AS (
    SELECT h.id, h.sale_id, h.deal_id, coalesce(s.on_date, h.from_on, d.closed_on) AS first_on,
        CASE WHEN h.every LIKE '%m' THEN CAST(h.every AS INTEGER) END AS months, CAST(h.every AS INTEGER) AS step,
        coalesce(h.until_on, (SELECT date(at, '+5 years') FROM operations ORDER BY id DESC LIMIT 1)) AS last_on,
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
WHERE worth >= 0;

-- Net revenue by date in the book's currency: a won deal on its close date, or each time that it repeats; a sale of no deal
-- (or of a lost one) on its date, and again each time that it repeats; a refund on its own day unless its deal is still
-- open. Linked sales are invoices: never counted twice. nth: the how-manieth time; null for what is recorded once.
DROP VIEW revenue;
CREATE VIEW revenue AS
SELECT 'deal' AS kind, d.id AS record_id, d.id AS deal_id, d.closed_on AS on_date, d.amount, d.currency,
    d.book_amount, d.customer_id, d.owner_id, d.source, NULL AS channel, NULL AS nth
FROM deals d
WHERE d.status = 'won' AND d.closed_on IS NOT NULL AND d.amount IS NOT NULL
    AND d.id NOT IN (SELECT deal_id FROM schedules WHERE deal_id IS NOT NULL)
UNION ALL
SELECT s.kind, s.id, s.deal_id, s.on_date, s.amount, s.currency,
    s.book_amount, s.customer_id, s.owner_id, d.source, s.channel, NULL
FROM sales s
LEFT JOIN deals d ON d.id = s.deal_id
WHERE s.on_date IS NOT NULL
    AND (s.deal_id IS NULL OR d.status = 'lost' OR (s.kind = 'refund' AND d.status = 'won'))
UNION ALL
SELECT 'deal', d.id, d.id, o.on_date, o.amount, d.currency,
    o.book_amount, d.customer_id, d.owner_id, d.source, NULL, o.nth
FROM occurrences o
JOIN deals d ON d.id = o.deal_id
UNION ALL
SELECT s.kind, s.id, s.deal_id, o.on_date, o.amount, s.currency,
    o.book_amount, s.customer_id, s.owner_id, d.source, s.channel, o.nth
FROM occurrences o
JOIN sales s ON s.id = o.sale_id
LEFT JOIN deals d ON d.id = s.deal_id
WHERE o.nth > 0 AND (s.deal_id IS NULL OR d.status = 'lost');

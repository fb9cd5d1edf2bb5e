-- The book as it was at the end of a day. These stand in front of a question and take the names of the tables, so
-- that whatever asks, joins or narrows sees that day: deals by the version of their history that held then, sales
-- and refunds up to it, and revenue of both (the words of the view). What has no history (titles, tags, lines) is
-- as it is now. A deal that was closed otherwise than now is worth what its amount then was at the rate of that day.
-- section then
held AS (
    SELECT h.deal_id, h.stage_id, h.stage_since, h.amount, h.currency, h.probability, h.expected_on, h.owner_id,
        s.pipeline_id, s.kind AS status,
        CASE WHEN s.kind = 'open' THEN NULL WHEN h.to_on IS NULL THEN x.closed_on ELSE h.stage_since END AS closed_on
    FROM main.deal_history h
    JOIN stages s ON s.id = h.stage_id
    JOIN main.deals x ON x.id = h.deal_id
    WHERE (h.from_on IS NULL OR h.from_on <= :as_of) AND (h.to_on IS NULL OR h.to_on > :as_of)
),
rated AS (
    SELECT v.*, CASE
        WHEN v.closed_on IS NULL OR v.currency = :book THEN NULL
        WHEN v.closed_on = x.closed_on AND v.currency = x.currency THEN x.rate
        ELSE (
            SELECT r.rate FROM rates r WHERE r.currency = v.currency AND r.on_date <= v.closed_on
            ORDER BY r.on_date DESC LIMIT 1
        )
    END AS rate
    FROM held v
    JOIN main.deals x ON x.id = v.deal_id
),
worth AS (
    SELECT v.*, v.amount * 1.0 * v.rate * CASE v.currency {powers} ELSE {power} END / 1000000000 AS exact
    FROM rated v
),
deals AS (
    SELECT x.id, x.title, x.customer_id, x.contact_id, v.pipeline_id, v.stage_id, v.stage_since, v.status, v.amount,
        v.currency, v.probability, v.expected_on, v.owner_id, x.created_on, v.closed_on, v.rate, CASE
            WHEN v.status = 'open' THEN NULL
            WHEN v.currency = :book THEN v.amount
            WHEN v.amount = x.amount AND v.currency = x.currency AND v.closed_on = x.closed_on THEN x.book_amount
            -- half to even, as on closing
            WHEN v.exact - CAST(v.exact AS INTEGER) = 0.5
                THEN CAST(v.exact AS INTEGER) + CAST(v.exact AS INTEGER) % 2
            ELSE CAST(round(v.exact) AS INTEGER)
        END AS book_amount, x.reason_id, x.source, x.campaign, x.note, x.fields
    FROM worth v
    JOIN main.deals x ON x.id = v.deal_id
),
sales AS (SELECT * FROM main.sales WHERE on_date <= :as_of),
occurrences AS (
{occurrences}),
revenue AS (
    SELECT 'deal' AS kind, d.id AS record_id, d.id AS deal_id, d.closed_on AS on_date, d.amount, d.currency,
        d.book_amount, d.customer_id, d.owner_id, d.source, NULL AS channel, NULL AS nth
    FROM deals d
    WHERE d.status = 'won' AND d.closed_on IS NOT NULL AND d.amount IS NOT NULL
        AND d.id NOT IN (SELECT deal_id FROM schedules WHERE deal_id IS NOT NULL)
    UNION ALL
    SELECT s.kind, s.id, s.deal_id, s.on_date, s.amount, s.currency, s.book_amount, s.customer_id, s.owner_id,
        d.source, s.channel, NULL
    FROM sales s
    LEFT JOIN deals d ON d.id = s.deal_id
    WHERE d.id IS NULL OR d.status = 'lost' OR (s.kind = 'refund' AND d.status = 'won')
    UNION ALL
    SELECT 'deal', d.id, d.id, o.on_date, o.amount, d.currency, o.book_amount, d.customer_id, d.owner_id, d.source,
        NULL, o.nth
    FROM occurrences o
    JOIN deals d ON d.id = o.deal_id
    UNION ALL
    SELECT s.kind, s.id, s.deal_id, o.on_date, o.amount, s.currency, o.book_amount, s.customer_id, s.owner_id,
        d.source, s.channel, o.nth
    FROM occurrences o
    JOIN sales s ON s.id = o.sale_id
    LEFT JOIN deals d ON d.id = s.deal_id
    WHERE o.nth > 0 AND (d.id IS NULL OR d.status = 'lost')
),

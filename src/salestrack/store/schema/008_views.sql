-- For other programs that read this file: stable views with plain names (docs/storage.md). Columns are only ever added.
-- Every amount stands twice: as a number in units of its currency, to look at and to chart, and exactly as `..._minor`.

-- What one unit of a currency is in minor units, where that is not 100.
CREATE VIEW v_currency_units AS
WITH units (currency, minor_units) AS (
    VALUES ('BIF', 1), ('BYR', 1), ('CLP', 1), ('DJF', 1), ('GNF', 1), ('ISK', 1), ('JPY', 1), ('KMF', 1), ('KRW', 1),
        ('PYG', 1), ('RWF', 1), ('UGX', 1), ('UYI', 1), ('VND', 1), ('VUV', 1), ('XAF', 1), ('XOF', 1), ('XPF', 1),
        ('BHD', 1000), ('IQD', 1000), ('JOD', 1000), ('KWD', 1000), ('LYD', 1000), ('OMR', 1000), ('TND', 1000),
        ('CLF', 10000), ('UYW', 10000)
)
SELECT currency, minor_units FROM units;

CREATE VIEW v_book AS
SELECT max(CASE key WHEN 'uid' THEN value END) AS uid, max(CASE key WHEN 'currency' THEN value END) AS currency,
    coalesce((
        SELECT minor_units FROM v_currency_units WHERE currency = (SELECT value FROM settings WHERE key = 'currency')
    ), 100) AS minor_units
FROM settings;

CREATE VIEW v_customers AS
SELECT c.id, c.name, c.kind, c.email, c.phone, c.segment, c.country, c.source, o.name AS owner, c.created_on, c.note,
    (SELECT group_concat(name, ', ') FROM (
        SELECT t.name FROM customer_tags x JOIN tags t ON t.id = x.tag_id WHERE x.customer_id = c.id ORDER BY t.name
    )) AS tags, c.fields
FROM customers c
LEFT JOIN owners o ON o.id = c.owner_id
WHERE c.merged_into IS NULL;

CREATE VIEW v_contacts AS
SELECT n.id, n.name, n.customer_id, c.name AS customer, n.role, n.email, n.phone, n.note, n.fields
FROM contacts n
LEFT JOIN customers c ON c.id = n.customer_id;

CREATE VIEW v_products AS
SELECT p.id, p.name, p.sku, p.price * 1.0 / coalesce(u.minor_units, 100) AS price, p.price AS price_minor, p.currency,
    p.tax_rate, p.removed_on, p.fields
FROM products p
LEFT JOIN v_currency_units u ON u.currency = p.currency;

-- probability: the deal's own, else that of its stage. book_amount: what a closed deal is worth in the book's currency.
CREATE VIEW v_deals AS
SELECT d.id, d.title, d.customer_id, c.name AS customer, d.contact_id, n.name AS contact, o.name AS owner,
    p.name AS pipeline, s.name AS stage, d.status, d.stage_since, d.amount * 1.0 / coalesce(u.minor_units, 100) AS amount,
    d.amount AS amount_minor, d.currency, d.book_amount * 1.0 / b.minor_units AS book_amount,
    d.book_amount AS book_amount_minor, b.currency AS book_currency,
    coalesce(d.probability, s.probability) AS probability, d.created_on, d.expected_on, d.closed_on,
    r.name AS lost_reason, d.source, d.campaign, ds.last_on AS last_activity_on, ds.next_on AS next_step_on, d.note,
    (SELECT group_concat(name, ', ') FROM (
        SELECT t.name FROM deal_tags x JOIN tags t ON t.id = x.tag_id WHERE x.deal_id = d.id ORDER BY t.name
    )) AS tags, d.fields
FROM deals d
JOIN stages s ON s.id = d.stage_id
JOIN pipelines p ON p.id = d.pipeline_id
CROSS JOIN v_book b
LEFT JOIN customers c ON c.id = d.customer_id
LEFT JOIN contacts n ON n.id = d.contact_id
LEFT JOIN owners o ON o.id = d.owner_id
LEFT JOIN lost_reasons r ON r.id = d.reason_id
LEFT JOIN deal_state ds ON ds.deal_id = d.id
LEFT JOIN v_currency_units u ON u.currency = d.currency;

-- Each version was true from the start of from_on (null: nobody knows) until the start of to_on (null: still).
CREATE VIEW v_deal_history AS
SELECT h.id, h.deal_id, d.title, h.seq, h.from_on, h.to_on, s.name AS stage, s.kind AS status, h.stage_since,
    h.amount * 1.0 / coalesce(u.minor_units, 100) AS amount, h.amount AS amount_minor, h.currency, h.probability,
    h.expected_on, o.name AS owner
FROM deal_history h
JOIN deals d ON d.id = h.deal_id
JOIN stages s ON s.id = h.stage_id
LEFT JOIN owners o ON o.id = h.owner_id
LEFT JOIN v_currency_units u ON u.currency = h.currency;

CREATE VIEW v_sales AS
SELECT s.id, s.kind, s.on_date, s.at_time, s.customer_id, c.name AS customer, s.deal_id, s.refund_of, s.title,
    s.amount * 1.0 / coalesce(u.minor_units, 100) AS amount, s.amount AS amount_minor,
    s.tax * 1.0 / coalesce(u.minor_units, 100) AS tax, s.tax AS tax_minor, s.tax_rate,
    (s.amount + coalesce(s.tax, 0)) * 1.0 / coalesce(u.minor_units, 100) AS gross,
    s.amount + coalesce(s.tax, 0) AS gross_minor, s.fee * 1.0 / coalesce(u.minor_units, 100) AS fee, s.fee AS fee_minor,
    s.cost * 1.0 / coalesce(u.minor_units, 100) AS cost, s.cost AS cost_minor, s.currency,
    s.book_amount * 1.0 / b.minor_units AS book_amount, s.book_amount AS book_amount_minor, b.currency AS book_currency,
    s.ref, s.channel, o.name AS owner, s.note,
    (SELECT group_concat(name, ', ') FROM (
        SELECT t.name FROM sale_tags x JOIN tags t ON t.id = x.tag_id WHERE x.sale_id = s.id ORDER BY t.name
    )) AS tags, s.fields
FROM sales s
CROSS JOIN v_book b
LEFT JOIN customers c ON c.id = s.customer_id
LEFT JOIN owners o ON o.id = s.owner_id
LEFT JOIN v_currency_units u ON u.currency = s.currency;

-- What each line of a deal or sale comes to, as the reports by product split it (store/facts/lines.sql, line by line):
-- discounts, shipping, adjustments and amounts that are not known are spread over the product lines in proportion to
-- their amounts, to the cent, the largest remainders first. Where there is no product line the first line has it all.
CREATE VIEW line_shares AS
WITH lines AS (
    SELECT 'deal' AS record, l.deal_id AS record_id, l.id, l.kind, l.amount, d.amount AS whole
    FROM deal_lines l
    JOIN deals d ON d.id = l.deal_id
    UNION ALL
    SELECT 'sale', l.sale_id, l.id, l.kind, l.amount, s.amount
    FROM sale_lines l
    JOIN sales s ON s.id = l.sale_id
),
known AS (
    SELECT record, record_id, id, kind, amount, whole, max(kind <> 'product' OR amount IS NULL) OVER mine AS is_spread,
        sum(kind = 'product') OVER mine AS products, sum(iif(kind = 'product', coalesce(amount, 0), 0)) OVER mine AS total,
        sum(iif(kind = 'product', abs(coalesce(amount, 0)), 0)) OVER mine AS size,
        row_number() OVER (PARTITION BY record, record_id ORDER BY id) AS nth
    FROM lines
    WINDOW mine AS (PARTITION BY record, record_id)
),
weighed AS (
    SELECT record, record_id, id, coalesce(amount, 0) AS amount, whole - total AS rest, is_spread,
        iif(size = 0, 1, abs(coalesce(amount, 0))) AS weight, iif(size = 0, products, size) AS weights
    FROM known
    WHERE kind = 'product'
),
cut AS (
    SELECT record, record_id, id, amount, rest, is_spread, weight, weights,
        CAST(abs(rest) * weight / weights AS INTEGER) AS part
    FROM weighed
),
ranked AS (
    SELECT record, record_id, id, amount, rest, is_spread, part,
        abs(rest) - sum(part) OVER (PARTITION BY record, record_id) AS spare,
        row_number() OVER (
            PARTITION BY record, record_id ORDER BY abs(rest) * weight - part * weights DESC, id
        ) AS place
    FROM cut
)
SELECT record, record_id, id, CASE WHEN is_spread THEN amount + iif(rest < 0, -1, 1) * (
    part + CASE WHEN place <= spare THEN 1 WHEN place = 1 THEN min(spare, 0) ELSE 0 END
) ELSE amount END AS share
FROM ranked
UNION ALL
SELECT record, record_id, id, CASE WHEN products = 0 AND nth = 1 THEN whole END
FROM known
WHERE kind <> 'product';

-- The lines of deals and sales: record says of which, record_id is its id. A line's own amount may not be known, or be
-- that of a discount; the shares add up to the amount of the record, and by product to what the reports say.
CREATE VIEW v_lines AS
WITH lines AS (
    SELECT 'deal' AS record, l.deal_id AS record_id, l.id, l.position, l.kind, l.product_id, l.name, l.quantity, l.price,
        l.amount, l.tax_rate, NULL AS tax, d.currency
    FROM deal_lines l
    JOIN deals d ON d.id = l.deal_id
    UNION ALL
    SELECT 'sale', l.sale_id, l.id, l.position, l.kind, l.product_id, l.name, l.quantity, l.price, l.amount, l.tax_rate,
        l.tax, s.currency
    FROM sale_lines l
    JOIN sales s ON s.id = l.sale_id
)
SELECT l.record, l.record_id, l.position, l.kind, l.product_id, coalesce(p.name, l.name) AS product, l.quantity,
    l.price * 1.0 / coalesce(u.minor_units, 100) AS price, l.price AS price_minor,
    l.amount * 1.0 / coalesce(u.minor_units, 100) AS amount, l.amount AS amount_minor,
    l.tax * 1.0 / coalesce(u.minor_units, 100) AS tax, l.tax AS tax_minor, l.tax_rate, l.currency,
    h.share * 1.0 / coalesce(u.minor_units, 100) AS share, h.share AS share_minor
FROM lines l
JOIN line_shares h ON h.record = l.record AND h.id = l.id
LEFT JOIN products p ON p.id = l.product_id
LEFT JOIN v_currency_units u ON u.currency = l.currency;

-- on_date, at_time: when it happened; of a planned step, when it is due.
CREATE VIEW v_activities AS
SELECT a.id, a.kind, CASE a.done WHEN 1 THEN 'done' ELSE 'planned' END AS state,
    CASE a.done WHEN 1 THEN a.happened_on ELSE a.due_on END AS on_date,
    CASE a.done WHEN 1 THEN a.happened_time ELSE a.due_time END AS at_time, a.due_on, a.customer_id, c.name AS customer,
    a.contact_id, n.name AS contact, a.deal_id, d.title AS deal, o.name AS owner, a.seconds, a.direction, a.outcome,
    a.thread, a.subject, a.note,
    (SELECT group_concat(name, ', ') FROM (
        SELECT t.name FROM activity_tags x JOIN tags t ON t.id = x.tag_id WHERE x.activity_id = a.id ORDER BY t.name
    )) AS tags, a.fields
FROM activities a
LEFT JOIN customers c ON c.id = a.customer_id
LEFT JOIN contacts n ON n.id = a.contact_id
LEFT JOIN deals d ON d.id = a.deal_id
LEFT JOIN owners o ON o.id = a.owner_id;

-- target: an amount where the metric is revenue, else a number of deals, calls or meetings.
CREATE VIEW v_quotas AS
SELECT q.id, o.name AS owner, q.channel, q.metric, q.start_on, q.end_on,
    CASE WHEN q.currency IS NULL THEN q.target ELSE q.target * 1.0 / coalesce(u.minor_units, 100) END AS target,
    CASE WHEN q.currency IS NOT NULL THEN q.target END AS target_minor, q.currency
FROM quotas q
LEFT JOIN owners o ON o.id = q.owner_id
LEFT JOIN v_currency_units u ON u.currency = q.currency;

-- The dated amounts that count as revenue. What repeats stands here with every date to come: say until when.
CREATE VIEW v_revenue AS
SELECT r.kind, r.record_id, r.deal_id, r.on_date, r.amount * 1.0 / coalesce(u.minor_units, 100) AS amount,
    r.amount AS amount_minor, r.currency, r.book_amount * 1.0 / b.minor_units AS book_amount,
    r.book_amount AS book_amount_minor, b.currency AS book_currency, r.customer_id, c.name AS customer, c.segment,
    o.name AS owner, r.source, r.channel, r.nth
FROM revenue r
CROSS JOIN v_book b
LEFT JOIN customers c ON c.id = r.customer_id
LEFT JOIN owners o ON o.id = r.owner_id
LEFT JOIN v_currency_units u ON u.currency = r.currency;

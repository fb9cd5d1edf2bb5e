-- What wants doing, a row a deal or customer: steps that are due, and what slips; snoozed ones wait. Only what is open,
-- due or recent is read, through its index.
-- section scope
WITH limits (stage_id, days, quiet_before, is_first) AS (VALUES {limits}),
worths (currency, factor) AS (VALUES {worths}),
asleep AS (SELECT id FROM customers WHERE snoozed_until > :today),
open_deals AS (
    SELECT d.id, d.customer_id, d.amount * coalesce(d.probability, s.probability) * w.factor AS value, d.expected_on,
        n.next_on, l.days AS limit_days,
        CASE WHEN n.last_on IS NULL OR d.stage_since > n.last_on THEN d.stage_since ELSE n.last_on END AS quiet_since,
        l.quiet_before, CASE WHEN n.next_on <= :due_until THEN (
            SELECT a.id FROM activities a
            WHERE a.deal_id = d.id AND a.done = 0 AND a.due_on <= :due_until AND coalesce(a.snoozed_until, '') <= :today
                AND {step_filter}
            ORDER BY a.due_on, a.id LIMIT 1
        ) END AS step_id,
        CASE WHEN l.is_first = 1 AND n.next_on IS NULL AND d.created_on >= :lead_from AND NOT EXISTS (
            SELECT 1 FROM activities t
            WHERE t.deal_id = d.id AND t.done = 1 AND t.kind <> 'note'
        ) AND NOT EXISTS (
            SELECT 1 FROM activities t
            -- A call of the days before counts too: many a deal is put in the book the day after it.
            WHERE t.customer_id = d.customer_id AND t.done = 1 AND t.happened_on >= :lead_from AND t.kind <> 'note'
        ) THEN d.created_on END AS lead_on
    FROM deals d
    JOIN stages s ON s.id = d.stage_id
    JOIN limits l ON l.stage_id = d.stage_id
    LEFT JOIN worths w ON w.currency = d.currency
    LEFT JOIN deal_state n ON n.deal_id = d.id
    WHERE d.status = 'open' AND coalesce(d.snoozed_until, '') <= :today
        AND coalesce(d.customer_id, 0) NOT IN (SELECT id FROM asleep) AND {deal_filter}
),
told AS MATERIALIZED (
    SELECT v.*, CASE
        WHEN v.step_id IS NOT NULL THEN 0
        WHEN v.expected_on < :today THEN 1
        WHEN v.expected_on <= :week_end THEN 2
        WHEN v.lead_on IS NOT NULL THEN 3
        WHEN v.next_on IS NULL AND v.quiet_since < v.quiet_before THEN 5
        WHEN v.next_on IS NULL THEN 6
    END AS class
    FROM open_deals v
),
due AS (
    SELECT a.id, a.deal_id, a.customer_id, a.due_on,
        row_number() OVER (PARTITION BY {subject} ORDER BY a.due_on, a.id) AS place
    FROM activities a
    LEFT JOIN deals d ON d.id = a.deal_id
    WHERE a.done = 0 AND a.due_on <= :due_until AND coalesce(a.snoozed_until, '') <= :today
        AND coalesce(d.snoozed_until, '') <= :today AND coalesce(a.customer_id, 0) NOT IN (SELECT id FROM asleep)
        AND coalesce(a.deal_id, 0) NOT IN (SELECT id FROM told) AND {step_filter}
),
bills AS MATERIALIZED (
    SELECT d.id, d.customer_id, d.currency, d.closed_on, d.amount - coalesce((
        SELECT sum(i.amount) FROM sales i WHERE i.deal_id = d.id AND i.kind = 'sale'
    ), 0) AS unbilled
    FROM deals d
    WHERE d.status = 'won' AND d.closed_on BETWEEN :won_from AND :today AND d.amount > 0
        AND coalesce(d.snoozed_until, '') <= :today AND coalesce(d.customer_id, 0) NOT IN (SELECT id FROM asleep)
        AND EXISTS (SELECT 1 FROM sales i WHERE i.deal_id IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM schedules r WHERE r.deal_id = d.id) AND {deal_filter}
),
scope AS MATERIALIZED (
    SELECT class, id AS deal_id, customer_id, step_id,
        CASE WHEN expected_on <= :week_end THEN expected_on END AS expected_on, next_on, lead_on,
        CASE WHEN next_on IS NULL AND quiet_since < quiet_before THEN quiet_since END AS stale_since, limit_days, value,
        NULL AS unbilled,
        CASE class WHEN 0 THEN next_on WHEN 3 THEN lead_on WHEN 5 THEN quiet_since ELSE expected_on END AS since
    FROM told
    WHERE class IS NOT NULL
    UNION ALL
    SELECT 0, a.deal_id, a.customer_id, a.id, NULL, a.due_on, NULL, NULL, 0, NULL, b.unbilled, a.due_on
    FROM due a
    LEFT JOIN bills b ON b.id = a.deal_id AND b.unbilled > 0
    WHERE a.place = 1
    UNION ALL
    SELECT 4, b.id, b.customer_id, NULL, NULL, NULL, NULL, NULL, 0, b.unbilled * 100 * w.factor, b.unbilled,
        b.closed_on
    FROM bills b
    LEFT JOIN worths w ON w.currency = b.currency
    WHERE b.unbilled > 0 AND b.id NOT IN (SELECT deal_id FROM due WHERE place = 1 AND deal_id IS NOT NULL)
    UNION ALL
    SELECT 3, NULL, c.id, NULL, NULL, NULL, c.created_on, NULL, 0, NULL, NULL, c.created_on
    FROM customers c
    WHERE c.created_on BETWEEN :lead_from AND :today AND c.merged_into IS NULL AND coalesce(c.snoozed_until, '') <= :today
        AND NOT EXISTS (SELECT 1 FROM deals d WHERE d.customer_id = c.id)
        AND NOT EXISTS (SELECT 1 FROM sales x WHERE x.customer_id = c.id)
        AND NOT EXISTS (SELECT 1 FROM activities t WHERE t.customer_id = c.id AND (t.done = 0 OR t.kind <> 'note'))
        AND {lead_filter}
)
-- section answer
, ranked AS (
    SELECT p.*, row_number() OVER (
        PARTITION BY p.class ORDER BY p.value DESC NULLS LAST, p.since, p.deal_id, p.customer_id, p.step_id
    ) AS place, count(*) OVER () AS everything
    FROM scope p
)
SELECT r.class, r.deal_id, r.customer_id, r.step_id, CASE WHEN r.step_id IS NOT NULL THEN (
        SELECT count(*) FROM activities x
        WHERE x.customer_id IS a.customer_id AND x.deal_id IS a.deal_id AND x.done = 0 AND x.due_on <= :due_until
            AND coalesce(x.snoozed_until, '') <= :today AND (x.customer_id IS NOT NULL OR x.id = a.id)
    ) END AS steps, a.due_on, a.kind, coalesce(a.subject, a.note) AS step_note,
    r.expected_on, r.next_on, r.lead_on, r.stale_since, r.limit_days, r.value, r.unbilled, r.since, r.everything,
    d.title, c.name AS customer, d.amount, d.currency, coalesce(p.name, CASE WHEN c.phone IS NULL THEN (
        SELECT x.name FROM contacts x WHERE x.customer_id = c.id AND x.phone IS NOT NULL ORDER BY x.id LIMIT 1
    ) END) AS contact,
    coalesce(p.phone, c.phone, (
        SELECT x.phone FROM contacts x WHERE x.customer_id = c.id AND x.phone IS NOT NULL ORDER BY x.id LIMIT 1
    )) AS phone, (
        SELECT x.note FROM activities x
        WHERE x.deal_id = r.deal_id AND x.done = 1 AND x.note IS NOT NULL
        ORDER BY x.happened_on DESC, x.id DESC LIMIT 1
    ) AS deal_note, (
        SELECT x.note FROM activities x
        WHERE x.customer_id = r.customer_id AND x.done = 1 AND x.note IS NOT NULL
        ORDER BY x.happened_on DESC, x.id DESC LIMIT 1
    ) AS customer_note
FROM ranked r
LEFT JOIN activities a ON a.id = r.step_id
LEFT JOIN deals d ON d.id = r.deal_id
LEFT JOIN customers c ON c.id = r.customer_id
LEFT JOIN contacts p ON p.id = coalesce(a.contact_id, d.contact_id)
WHERE :most < 0 OR r.place <= CASE r.class WHEN 3 THEN :leads ELSE :most END
ORDER BY r.class, r.place
-- section ids
SELECT DISTINCT CASE
    WHEN step_id IS NOT NULL THEN 'a' || step_id WHEN deal_id IS NOT NULL THEN 'd' || deal_id ELSE 'c' || customer_id
END AS ref
FROM scope

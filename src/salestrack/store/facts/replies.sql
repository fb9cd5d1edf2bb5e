-- People who were mailed, and those of them who replied within two weeks of a mail: in its thread, where both mails
-- have one. Of several contacts each is one; without any the customer is the person.
-- section answer
WITH spans (span, first_on, last_on) AS (VALUES {spans}),
mailed AS (
    SELECT p.span, {key_id} AS key_id, {key} AS key, a.id, a.contact_id, a.customer_id, a.happened_on, a.happened_time,
        a.thread
    FROM activities a
    JOIN spans p ON a.happened_on BETWEEN p.first_on AND p.last_on
    {joins}
    WHERE a.done = 1 AND a.kind = 'email' AND coalesce(a.direction, 'out') = 'out'
        AND a.happened_on BETWEEN :first_on AND :last_on
        AND (a.contact_id IS NOT NULL OR a.customer_id IS NOT NULL) AND {filter}
),
reached AS (
    SELECT * FROM mailed
    UNION
    SELECT m.span, m.key_id, m.key, m.id, g.contact_id, m.customer_id, m.happened_on, m.happened_time, m.thread
    FROM mailed m
    JOIN activity_contacts g ON g.activity_id = m.id
),
mails AS (
    SELECT a.span, a.key_id, a.key, a.contact_id, a.customer_id,
        CASE WHEN EXISTS (
            SELECT 1 FROM activities b
            WHERE b.done = 1 AND b.kind = 'email' AND b.direction = 'in' AND b.happened_on >= a.happened_on
                AND days_between(a.happened_on, b.happened_on) <= 14
                AND (b.happened_on > a.happened_on OR coalesce(b.happened_time >= a.happened_time, 1))
                AND coalesce(b.thread = a.thread, 1)
                AND (b.contact_id = a.contact_id OR a.contact_id IS NULL AND b.customer_id = a.customer_id)
        ) THEN 1 ELSE 0 END AS replied
    FROM reached a
),
people AS (
    SELECT span, key_id, key, contact_id, CASE WHEN contact_id IS NULL THEN customer_id END AS customer_id,
        max(replied) AS replied
    FROM mails
    GROUP BY span, key_id, key, contact_id, CASE WHEN contact_id IS NULL THEN customer_id END
)
SELECT span, key, key_id, count(*) AS mailed, sum(replied) AS replied
FROM people
GROUP BY span, key, key_id
ORDER BY span, key NULLS LAST, key_id

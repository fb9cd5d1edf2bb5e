-- What each product line of a record comes to, so that the lines add up to the record: discounts, shipping and
-- adjustments are spread over the product lines in proportion to their amounts, to the cent, the largest remainders
-- first. Only records that have such lines, or a line of no known amount, are looked at.
-- section one
{record}_{measure}s AS MATERIALIZED (
    SELECT id, amount + CASE WHEN rest < 0 THEN -1 ELSE 1 END * (
        part + CASE WHEN place <= spare THEN 1 WHEN place = 1 THEN min(spare, 0) ELSE 0 END
    ) AS share
    FROM (
        SELECT id, amount, rest, part, abs(rest) - sum(part) OVER (PARTITION BY record_id) AS spare,
            row_number() OVER (
                PARTITION BY record_id ORDER BY abs(rest) * weight - part * weights DESC, id
            ) AS place
        FROM (
            SELECT w.*, CAST(abs(rest) * weight / weights AS INTEGER) AS part
            FROM (
                SELECT v.*, sum(weight) OVER (PARTITION BY record_id) AS weights
                FROM (
                    SELECT l.id, r.id AS record_id, coalesce(l.{measure}, 0) AS amount,
                        r.{measure} - sum(coalesce(l.{measure}, 0)) OVER (PARTITION BY r.id) AS rest,
                        CASE WHEN sum(abs(coalesce(l.{measure}, 0))) OVER (PARTITION BY r.id) = 0 THEN 1
                            ELSE abs(coalesce(l.{measure}, 0)) END AS weight
                    FROM {record}_lines l
                    JOIN {record}s r ON r.id = l.{record}_id
                    WHERE l.kind = 'product' AND {among}
                ) v
            ) w
        )
    )
),
-- section both
{record}_shares AS MATERIALIZED (
    SELECT a.id, a.share AS amount, b.share AS book_amount
    FROM {record}_amounts a
    JOIN {record}_book_amounts b ON b.id = a.id
),
-- section spread
l.{record}_id IN (SELECT {record}_id FROM {record}_lines WHERE kind <> 'product' OR amount IS NULL)

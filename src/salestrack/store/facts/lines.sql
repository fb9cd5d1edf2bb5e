-- What a product line comes to, so that the lines add up to the record: discounts, shipping and adjustments are
-- spread over the product lines in proportion to their amounts, to the cent, the largest remainders first. Asked
-- line by line, and only in records that have such lines, or a line of no known amount.
-- section one
(
    SELECT amount + CASE WHEN rest < 0 THEN -1 ELSE 1 END * (
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
                    SELECT n.id, r.id AS record_id, coalesce(n.{measure}, 0) AS amount,
                        r.{measure} - sum(coalesce(n.{measure}, 0)) OVER (PARTITION BY r.id) AS rest,
                        CASE WHEN sum(abs(coalesce(n.{measure}, 0))) OVER (PARTITION BY r.id) = 0 THEN 1
                            ELSE abs(coalesce(n.{measure}, 0)) END AS weight
                    FROM {record}_lines n
                    JOIN {record}s r ON r.id = n.{record}_id
                    WHERE n.kind = 'product' AND n.{record}_id = {line}.{record}_id
                ) v
            ) w
        )
    )
    WHERE id = {line}.id
)
-- section spread
{line}.{record}_id IN (SELECT {record}_id FROM {record}_lines WHERE kind <> 'product' OR amount IS NULL)

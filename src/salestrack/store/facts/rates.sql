-- The latest rate of every currency by a day.
-- section answer
SELECT r.currency, r.rate
FROM rates r
WHERE r.on_date = (SELECT max(x.on_date) FROM rates x WHERE x.currency = r.currency AND x.on_date <= :as_of)
ORDER BY r.currency

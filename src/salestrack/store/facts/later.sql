-- Records that a period holds but no report of the past counts: they are dated after today.
-- section deals
SELECT count(*) AS records
FROM deals d
WHERE d.status <> 'open' AND d.closed_on > :today AND d.closed_on <= :last_on AND d.closed_on >= :first_on AND {filter}
-- section created
SELECT count(*) AS records
FROM deals d
WHERE d.created_on > :today AND d.created_on <= :last_on AND d.created_on >= :first_on AND {filter}
-- section revenue
SELECT count(*) AS records
FROM {source} r
WHERE r.on_date > :today AND r.on_date <= :last_on AND r.on_date >= :first_on AND r.nth IS NULL
    AND {kinds} AND {filter}

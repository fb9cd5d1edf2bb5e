-- Records that no period can hold, because nobody knows their day.
-- section deals
SELECT count(*) AS records FROM deals d WHERE d.closed_on IS NULL AND d.status <> 'open' AND {filter}
-- section sales
SELECT count(*) AS records FROM sales s WHERE s.on_date IS NULL AND {filter}
-- section created
SELECT count(*) AS records FROM deals d WHERE d.created_on IS NULL AND {filter}

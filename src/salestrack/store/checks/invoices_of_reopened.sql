-- Sales linked to an open deal that was won before: they were invoices, and are revenue of nothing now.
SELECT 'd' || d.id AS ref, 's' || s.id AS other, d.title, s.amount, s.currency, s.on_date
FROM deals d
JOIN sales s ON s.deal_id = d.id
WHERE d.status = 'open' AND EXISTS (
    SELECT 1 FROM deal_history h JOIN stages g ON g.id = h.stage_id WHERE h.deal_id = d.id AND g.kind = 'won'
)
ORDER BY d.id, s.id

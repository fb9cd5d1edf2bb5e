-- Nothing dated in a closed period changes: the setting closed_until names its last day, and there is none while the
-- books are open. What counts is money, dates, tax and what decides whether they count; notes, tags, names, owners and
-- customers may still change. The texts are read by store/closed_books.py, which makes the sentence of them.

-- The same day once more, for the triggers, which run for every row of an import: empty while the books are open.
CREATE TABLE closed_books (until TEXT NOT NULL) STRICT;
CREATE TRIGGER closed_books_insert AFTER INSERT ON settings WHEN NEW.key = 'closed_until' BEGIN
    DELETE FROM closed_books;
    INSERT INTO closed_books SELECT NEW.value WHERE NEW.value <> '';
END;
CREATE TRIGGER closed_books_update AFTER UPDATE ON settings WHEN 'closed_until' IN (OLD.key, NEW.key) BEGIN
    DELETE FROM closed_books;
    INSERT INTO closed_books SELECT value FROM settings WHERE key = 'closed_until' AND value <> '';
END;
CREATE TRIGGER closed_books_delete AFTER DELETE ON settings WHEN OLD.key = 'closed_until' BEGIN
    DELETE FROM closed_books;
END;

CREATE TRIGGER closed_sales_insert BEFORE INSERT ON sales
WHEN NEW.on_date <= (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: add a sale');
END;
CREATE TRIGGER closed_sales_update BEFORE UPDATE OF
    on_date, amount, currency, tax, tax_rate, fee, cost, rate, book_amount, kind, refund_of, deal_id ON sales
WHEN (
    OLD.on_date <= (SELECT until FROM closed_books)
    OR NEW.on_date <= (SELECT until FROM closed_books)
) AND (
    OLD.on_date IS NOT NEW.on_date OR OLD.amount IS NOT NEW.amount OR OLD.currency IS NOT NEW.currency
    OR OLD.tax IS NOT NEW.tax OR OLD.tax_rate IS NOT NEW.tax_rate OR OLD.fee IS NOT NEW.fee
    OR OLD.cost IS NOT NEW.cost OR OLD.rate IS NOT NEW.rate OR OLD.book_amount IS NOT NEW.book_amount
    OR OLD.kind IS NOT NEW.kind OR OLD.refund_of IS NOT NEW.refund_of OR OLD.deal_id IS NOT NEW.deal_id
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a sale');
END;
CREATE TRIGGER closed_sales_delete BEFORE DELETE ON sales
WHEN OLD.on_date <= (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: remove a sale');
END;

CREATE TRIGGER closed_sale_lines_insert BEFORE INSERT ON sale_lines
WHEN EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN sales s
    WHERE s.id = NEW.sale_id AND s.on_date <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a line of a sale');
END;
CREATE TRIGGER closed_sale_lines_update BEFORE UPDATE ON sale_lines
WHEN (
    OLD.sale_id IS NOT NEW.sale_id OR OLD.kind IS NOT NEW.kind OR OLD.product_id IS NOT NEW.product_id
    OR OLD.quantity IS NOT NEW.quantity OR OLD.price IS NOT NEW.price OR OLD.amount IS NOT NEW.amount
    OR OLD.book_amount IS NOT NEW.book_amount OR OLD.tax IS NOT NEW.tax OR OLD.tax_rate IS NOT NEW.tax_rate
) AND EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN sales s
    WHERE s.id IN (OLD.sale_id, NEW.sale_id) AND s.on_date <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a line of a sale');
END;
CREATE TRIGGER closed_sale_lines_delete BEFORE DELETE ON sale_lines
WHEN EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN sales s
    WHERE s.id = OLD.sale_id AND s.on_date <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a line of a sale');
END;

-- A deal counts on the day it closed.
CREATE TRIGGER closed_deals_insert BEFORE INSERT ON deals
WHEN NEW.closed_on <= (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: add a deal that closed');
END;
CREATE TRIGGER closed_deals_update BEFORE UPDATE OF closed_on, status, amount, currency, rate, book_amount ON deals
WHEN (
    OLD.closed_on <= (SELECT until FROM closed_books)
    OR NEW.closed_on <= (SELECT until FROM closed_books)
) AND (
    OLD.closed_on IS NOT NEW.closed_on OR OLD.status IS NOT NEW.status OR OLD.amount IS NOT NEW.amount
    OR OLD.currency IS NOT NEW.currency OR OLD.rate IS NOT NEW.rate OR OLD.book_amount IS NOT NEW.book_amount
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a deal that closed');
END;
CREATE TRIGGER closed_deals_delete BEFORE DELETE ON deals
WHEN OLD.closed_on <= (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: remove a deal that closed');
END;
-- Whether a deal is open, won or lost decides whether the sales that belong to it count on their own days.
CREATE TRIGGER closed_deals_sales BEFORE UPDATE OF status ON deals
WHEN OLD.status <> NEW.status AND EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN sales s
    WHERE s.deal_id = OLD.id AND s.on_date <= c.until
        AND (OLD.status = 'lost' OR (s.kind = 'refund' AND OLD.status = 'won'))
            <> (NEW.status = 'lost' OR (s.kind = 'refund' AND NEW.status = 'won'))
) BEGIN
    SELECT RAISE(ABORT, 'closed: change which sales of a deal count');
END;

CREATE TRIGGER closed_deal_lines_insert BEFORE INSERT ON deal_lines
WHEN EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN deals d
    WHERE d.id = NEW.deal_id AND d.closed_on <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a line of a deal that closed');
END;
CREATE TRIGGER closed_deal_lines_update BEFORE UPDATE ON deal_lines
WHEN (
    OLD.deal_id IS NOT NEW.deal_id OR OLD.kind IS NOT NEW.kind OR OLD.product_id IS NOT NEW.product_id
    OR OLD.quantity IS NOT NEW.quantity OR OLD.price IS NOT NEW.price OR OLD.amount IS NOT NEW.amount
    OR OLD.book_amount IS NOT NEW.book_amount
) AND EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN deals d
    WHERE d.id IN (OLD.deal_id, NEW.deal_id) AND d.closed_on <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a line of a deal that closed');
END;
CREATE TRIGGER closed_deal_lines_delete BEFORE DELETE ON deal_lines
WHEN EXISTS (
    SELECT 1 FROM closed_books c CROSS JOIN deals d
    WHERE d.id = OLD.deal_id AND d.closed_on <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change a line of a deal that closed');
END;

-- What repeats counts from its first day on, at the price of each day, until it ends. Repeating steps are no money.
CREATE TRIGGER closed_schedules_insert BEFORE INSERT ON schedules
WHEN NEW.activity_id IS NULL AND EXISTS (
    SELECT 1 FROM closed_books c WHERE coalesce(
        (SELECT on_date FROM sales WHERE id = NEW.sale_id), NEW.from_on,
        (SELECT closed_on FROM deals WHERE id = NEW.deal_id)
    ) <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;
CREATE TRIGGER closed_schedules_until BEFORE UPDATE OF until_on ON schedules
WHEN OLD.activity_id IS NULL AND OLD.until_on IS NOT NEW.until_on
    AND min(coalesce(OLD.until_on, '9999'), coalesce(NEW.until_on, '9999'))
        < (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;
CREATE TRIGGER closed_schedules_update BEFORE UPDATE ON schedules
WHEN OLD.activity_id IS NULL AND (
    OLD.from_on IS NOT NEW.from_on OR OLD.every IS NOT NEW.every OR OLD.amount IS NOT NEW.amount
    OR OLD.sale_id IS NOT NEW.sale_id OR OLD.deal_id IS NOT NEW.deal_id
) AND EXISTS (
    SELECT 1 FROM closed_books c WHERE (
        coalesce(
            (SELECT on_date FROM sales WHERE id = OLD.sale_id), OLD.from_on,
            (SELECT closed_on FROM deals WHERE id = OLD.deal_id)
        ) <= c.until
        OR coalesce(
            (SELECT on_date FROM sales WHERE id = NEW.sale_id), NEW.from_on,
            (SELECT closed_on FROM deals WHERE id = NEW.deal_id)
        ) <= c.until
    )
) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;
CREATE TRIGGER closed_schedules_delete BEFORE DELETE ON schedules
WHEN OLD.activity_id IS NULL AND EXISTS (
    SELECT 1 FROM closed_books c WHERE coalesce(
        (SELECT on_date FROM sales WHERE id = OLD.sale_id), OLD.from_on,
        (SELECT closed_on FROM deals WHERE id = OLD.deal_id)
    ) <= c.until
) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;
CREATE TRIGGER closed_schedule_changes_insert BEFORE INSERT ON schedule_changes
WHEN NEW.from_on <= (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;
CREATE TRIGGER closed_schedule_changes_update BEFORE UPDATE ON schedule_changes
WHEN min(OLD.from_on, NEW.from_on) <= (SELECT until FROM closed_books)
    AND (OLD.from_on IS NOT NEW.from_on OR OLD.amount IS NOT NEW.amount OR OLD.schedule_id IS NOT NEW.schedule_id) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;
CREATE TRIGGER closed_schedule_changes_delete BEFORE DELETE ON schedule_changes
WHEN OLD.from_on <= (SELECT until FROM closed_books) BEGIN
    SELECT RAISE(ABORT, 'closed: change what repeats');
END;

-- Who did what, and what each row looked like before: operations, their journal, and the side tables kept by triggers.

CREATE TABLE operations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    terminal INTEGER NOT NULL CHECK (terminal IN (0, 1)),
    kind TEXT NOT NULL CHECK (kind IN ('make', 'do', 'import', 'undo', 'redo')),
    verb TEXT NOT NULL,
    refs TEXT NOT NULL DEFAULT '',
    target INTEGER REFERENCES operations (id),
    undone_by INTEGER REFERENCES operations (id)
) STRICT;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    op INTEGER,
    tbl TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    before TEXT NOT NULL,
    after TEXT
) STRICT;
CREATE INDEX journal_op ON journal (op);
CREATE INDEX journal_row ON journal (row_id, tbl);

-- The operation that is being carried out; paused = 1 while a person is erased, so that no image of them is kept.
CREATE TABLE journal_session (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    op INTEGER,
    paused INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO journal_session (one) VALUES (1);

CREATE TABLE mail_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL,
    period TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'unknown')),
    message_id TEXT NOT NULL,
    at TEXT NOT NULL,
    detail TEXT,
    UNIQUE (report, period, recipient)
) STRICT;

-- Last done activity and next step of a deal, so that stale deals and `today` need not read all activities.
-- Only deals that have activities stand here; stage_since stands on the deal.
CREATE TABLE deal_state (
    deal_id INTEGER PRIMARY KEY REFERENCES deals (id) ON DELETE CASCADE,
    last_on TEXT,
    next_on TEXT
) STRICT;

CREATE TRIGGER deal_state_insert AFTER INSERT ON activities WHEN NEW.deal_id IS NOT NULL BEGIN
    INSERT INTO deal_state (deal_id, last_on, next_on)
    VALUES (NEW.deal_id, iif(NEW.done, NEW.happened_on, NULL), iif(NEW.done, NULL, NEW.due_on))
    ON CONFLICT (deal_id) DO UPDATE SET
        last_on = nullif(max(coalesce(last_on, ''), coalesce(excluded.last_on, '')), ''),
        next_on = coalesce(min(next_on, excluded.next_on), next_on, excluded.next_on);
END;
CREATE TRIGGER deal_state_delete AFTER DELETE ON activities WHEN OLD.deal_id IS NOT NULL BEGIN
    UPDATE deal_state SET
        last_on = (SELECT max(happened_on) FROM activities WHERE deal_id = OLD.deal_id AND done = 1),
        next_on = (SELECT min(due_on) FROM activities WHERE deal_id = OLD.deal_id AND done = 0)
    WHERE deal_id = OLD.deal_id;
    DELETE FROM deal_state WHERE deal_id = OLD.deal_id
        AND NOT EXISTS (SELECT 1 FROM activities WHERE deal_id = OLD.deal_id);
END;
CREATE TRIGGER deal_state_update AFTER UPDATE OF deal_id, done, happened_on, due_on ON activities BEGIN
    INSERT INTO deal_state (deal_id) SELECT NEW.deal_id WHERE NEW.deal_id IS NOT NULL
    ON CONFLICT (deal_id) DO NOTHING;
    UPDATE deal_state SET
        last_on = (SELECT max(a.happened_on) FROM activities a WHERE a.deal_id = deal_state.deal_id AND a.done = 1),
        next_on = (SELECT min(a.due_on) FROM activities a WHERE a.deal_id = deal_state.deal_id AND a.done = 0)
    WHERE deal_id IN (OLD.deal_id, NEW.deal_id);
    DELETE FROM deal_state WHERE deal_id = OLD.deal_id
        AND NOT EXISTS (SELECT 1 FROM activities WHERE deal_id = OLD.deal_id);
END;

-- Every name in one trigram index, a space before each word, so that a word's beginning is a substring too.
-- rowid = record id * 4 + kind: 0 customer, 1 alias, 2 contact, 3 product.
CREATE VIRTUAL TABLE name_search USING fts5 (key, content = '', tokenize = 'trigram');

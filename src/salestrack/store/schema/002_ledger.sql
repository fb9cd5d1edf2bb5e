-- The ledger itself: deals with their history, sales, activities, and what hangs on them.

-- Where a million rows may come at once, no CHECK lists more than two values with IN: SQLite would look each value up in a
-- table that it makes for it, and a big import would take a tenth longer.

-- A deal as it stands now: the last version of its history, with what has no history beside it.
-- book_amount is the amount in the book's currency at the rate pinned on the day of closing.
CREATE TABLE deals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    contact_id INTEGER REFERENCES contacts (id),
    pipeline_id INTEGER NOT NULL REFERENCES pipelines (id),
    stage_id INTEGER NOT NULL REFERENCES stages (id),
    stage_since TEXT CHECK (stage_since GLOB '????-??-??'),
    status TEXT NOT NULL CHECK (status = 'open' OR status = 'won' OR status = 'lost'),
    amount INTEGER CHECK (amount >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    probability INTEGER CHECK (probability BETWEEN 0 AND 100),
    expected_on TEXT CHECK (expected_on GLOB '????-??-??'),
    owner_id INTEGER REFERENCES owners (id),
    created_on TEXT CHECK (created_on GLOB '????-??-??'),
    closed_on TEXT CHECK (closed_on GLOB '????-??-??'),
    rate INTEGER CHECK (rate > 0),
    book_amount INTEGER CHECK (book_amount >= 0),
    reason_id INTEGER REFERENCES lost_reasons (id),
    source TEXT,
    campaign TEXT,
    note TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL,
    CHECK (status <> 'open' OR closed_on IS NULL)
) STRICT;
CREATE INDEX deals_customer ON deals (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX deals_contact ON deals (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX deals_open ON deals (stage_id) WHERE status = 'open';
CREATE INDEX deals_closed ON deals (closed_on) WHERE closed_on IS NOT NULL;
CREATE INDEX deals_created ON deals (created_on) WHERE created_on IS NOT NULL;

-- Versions of a deal: true from the start of from_on until the start of to_on. from_on null: nobody knows since when.
CREATE TABLE deal_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deal_id INTEGER NOT NULL REFERENCES deals (id),
    seq INTEGER NOT NULL,
    from_on TEXT CHECK (from_on GLOB '????-??-??'),
    to_on TEXT CHECK (to_on GLOB '????-??-??'),
    stage_id INTEGER NOT NULL REFERENCES stages (id),
    stage_since TEXT CHECK (stage_since GLOB '????-??-??'),
    amount INTEGER CHECK (amount >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    probability INTEGER CHECK (probability BETWEEN 0 AND 100),
    expected_on TEXT CHECK (expected_on GLOB '????-??-??'),
    owner_id INTEGER REFERENCES owners (id),
    created_op INTEGER NOT NULL,
    CHECK (from_on IS NULL OR to_on IS NULL OR from_on <= to_on)
) STRICT;
CREATE INDEX deal_history_deal ON deal_history (deal_id, from_on, seq);

CREATE TABLE deal_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deal_id INTEGER NOT NULL REFERENCES deals (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'product' OR kind = 'discount' OR kind = 'shipping' OR kind = 'adjustment'),
    product_id INTEGER REFERENCES products (id),
    name TEXT,
    quantity TEXT NOT NULL DEFAULT '1',
    price INTEGER,
    amount INTEGER,
    book_amount INTEGER,
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX deal_lines_deal ON deal_lines (deal_id, position);

-- amount is net of tax and negative on a refund; tax and fee stand beside it.
CREATE TABLE sales (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER REFERENCES customers (id),
    deal_id INTEGER REFERENCES deals (id),
    refund_of INTEGER REFERENCES sales (id),
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'refund')),
    title TEXT,
    on_date TEXT CHECK (on_date GLOB '????-??-??'),
    at_time TEXT CHECK (at_time GLOB '??:??*'),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    tax INTEGER,
    tax_rate TEXT,
    fee INTEGER,
    cost INTEGER,
    rate INTEGER CHECK (rate > 0),
    book_amount INTEGER,
    ref TEXT,
    channel TEXT,
    owner_id INTEGER REFERENCES owners (id),
    note TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL,
    CHECK ((kind = 'refund') = (amount < 0) OR amount = 0)
) STRICT;
CREATE INDEX sales_customer ON sales (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX sales_deal ON sales (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX sales_refund ON sales (refund_of) WHERE refund_of IS NOT NULL;
CREATE INDEX sales_date ON sales (on_date) WHERE on_date IS NOT NULL;
CREATE INDEX sales_ref ON sales (ref) WHERE ref IS NOT NULL;

CREATE TABLE sale_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sale_id INTEGER NOT NULL REFERENCES sales (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'product' OR kind = 'discount' OR kind = 'shipping' OR kind = 'adjustment'),
    product_id INTEGER REFERENCES products (id),
    name TEXT,
    quantity TEXT NOT NULL DEFAULT '1',
    price INTEGER,
    amount INTEGER,
    book_amount INTEGER,
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX sale_lines_sale ON sale_lines (sale_id, position);

-- Something that happened (done = 1, happened_on) or a next step (done = 0, due_on). Times are the user's local ones.
CREATE TABLE activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    contact_id INTEGER REFERENCES contacts (id),
    deal_id INTEGER REFERENCES deals (id),
    owner_id INTEGER REFERENCES owners (id),
    done INTEGER NOT NULL CHECK (done IN (0, 1)),
    due_on TEXT CHECK (due_on GLOB '????-??-??'),
    due_time TEXT CHECK (due_time GLOB '??:??*'),
    snoozed_until TEXT CHECK (snoozed_until GLOB '????-??-??'),
    happened_on TEXT CHECK (happened_on GLOB '????-??-??'),
    happened_time TEXT CHECK (happened_time GLOB '??:??*'),
    logged_at TEXT NOT NULL,
    seconds INTEGER CHECK (seconds >= 0),
    direction TEXT CHECK (direction IN ('in', 'out')),
    outcome TEXT,
    thread TEXT,
    subject TEXT,
    note TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX activities_deal ON activities (deal_id, done, happened_on) WHERE deal_id IS NOT NULL;
CREATE INDEX activities_customer ON activities (customer_id, done, happened_on) WHERE customer_id IS NOT NULL;
CREATE INDEX activities_contact ON activities (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX activities_due ON activities (due_on) WHERE done = 0;
CREATE INDEX activities_happened ON activities (happened_on, kind) WHERE done = 1;

CREATE TABLE activity_contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    activity_id INTEGER NOT NULL REFERENCES activities (id),
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    created_op INTEGER NOT NULL,
    UNIQUE (activity_id, contact_id)
) STRICT;
CREATE INDEX activity_contacts_contact ON activity_contacts (contact_id);

CREATE TABLE deal_contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deal_id INTEGER NOT NULL REFERENCES deals (id),
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    role TEXT,
    created_op INTEGER NOT NULL,
    UNIQUE (deal_id, contact_id)
) STRICT;
CREATE INDEX deal_contacts_contact ON deal_contacts (contact_id);

CREATE TABLE customer_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    created_op INTEGER NOT NULL,
    UNIQUE (customer_id, tag_id)
) STRICT;
CREATE TABLE deal_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deal_id INTEGER NOT NULL REFERENCES deals (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    created_op INTEGER NOT NULL,
    UNIQUE (deal_id, tag_id)
) STRICT;
CREATE TABLE sale_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sale_id INTEGER NOT NULL REFERENCES sales (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    created_op INTEGER NOT NULL,
    UNIQUE (sale_id, tag_id)
) STRICT;
CREATE TABLE activity_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    activity_id INTEGER NOT NULL REFERENCES activities (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    created_op INTEGER NOT NULL,
    UNIQUE (activity_id, tag_id)
) STRICT;

-- What repeats is one row; the query that asks expands it. No future rows are stored.
CREATE TABLE schedules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sale_id INTEGER REFERENCES sales (id),
    deal_id INTEGER REFERENCES deals (id),
    activity_id INTEGER REFERENCES activities (id),
    every TEXT NOT NULL,
    from_on TEXT NOT NULL CHECK (from_on GLOB '????-??-??'),
    until_on TEXT CHECK (until_on GLOB '????-??-??'),
    paused_on TEXT CHECK (paused_on GLOB '????-??-??'),
    created_op INTEGER NOT NULL,
    CHECK ((sale_id IS NOT NULL) + (deal_id IS NOT NULL) + (activity_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX schedules_sale ON schedules (sale_id) WHERE sale_id IS NOT NULL;
CREATE INDEX schedules_deal ON schedules (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX schedules_activity ON schedules (activity_id) WHERE activity_id IS NOT NULL;

-- read = new + changed + same + rejected + left_out
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT,
    imported_at TEXT NOT NULL,
    read_rows INTEGER NOT NULL,
    new_rows INTEGER NOT NULL,
    changed_rows INTEGER NOT NULL,
    same_rows INTEGER NOT NULL,
    rejected_rows INTEGER NOT NULL,
    left_out_rows INTEGER NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;

-- Which row of which source became which record. A key whose record is gone is a tombstone: it stays removed.
CREATE TABLE import_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    record_id INTEGER NOT NULL,
    print INTEGER NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX import_keys_key ON import_keys (key, kind, source);
CREATE INDEX import_keys_record ON import_keys (record_id, kind);

-- Net revenue by date in the book's currency: a won deal on its close date, a sale of no deal (or of a lost one)
-- on its date, a refund on its own day unless its deal is still open. Linked sales are invoices: never counted twice.
CREATE VIEW revenue AS
SELECT 'deal' AS kind, d.id AS record_id, d.id AS deal_id, d.closed_on AS on_date, d.amount, d.currency,
    d.book_amount, d.customer_id, d.owner_id, d.source, NULL AS channel
FROM deals d
WHERE d.status = 'won' AND d.closed_on IS NOT NULL AND d.amount IS NOT NULL
UNION ALL
SELECT s.kind, s.id, s.deal_id, s.on_date, s.amount, s.currency,
    s.book_amount, s.customer_id, s.owner_id, d.source, s.channel
FROM sales s
LEFT JOIN deals d ON d.id = s.deal_id
WHERE s.on_date IS NOT NULL
    AND (s.deal_id IS NULL OR d.status = 'lost' OR (s.kind = 'refund' AND d.status = 'won'));

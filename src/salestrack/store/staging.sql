-- One staged row of the file. no numbers the rows that can go in, state says what a row is to the book, rows how many
-- rows of the file it was made of: several for an order with several lines, none for a refund beside its sale, and own that
-- the row stands for a record by the book's own id.
CREATE TABLE staging.rows (
    line INTEGER PRIMARY KEY, no INTEGER CHECK (no > 0), key TEXT, print INTEGER, state INTEGER NOT NULL DEFAULT 0, record_id INTEGER,
    rows INTEGER NOT NULL DEFAULT 1, own INTEGER
    /*columns*/
);
-- Names that the book does not know yet. -no stands for their id until they have one.
CREATE TABLE staging.fresh (
    kind TEXT, key TEXT, no INTEGER, name TEXT, email TEXT, email_key TEXT, phone TEXT, phone_key TEXT, parent INTEGER,
    currency TEXT, sku TEXT, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX staging.fresh_no ON fresh (kind, no);
-- Which address of the file goes with which customer of the book that has none.
CREATE TABLE staging.claims (customer_id INTEGER PRIMARY KEY, email_key TEXT);
-- What hangs on a row.
CREATE TABLE staging.tags (line INTEGER, tag INTEGER);
CREATE INDEX staging.tags_line ON tags (line);
CREATE TABLE staging.people (line INTEGER, contact_id INTEGER);
CREATE INDEX staging.people_line ON people (line);
CREATE TABLE staging.aliases (line INTEGER, name TEXT, key TEXT);
CREATE INDEX staging.aliases_line ON aliases (line);
CREATE TABLE staging.lines (
    line INTEGER, position INTEGER, kind TEXT, product_id INTEGER, name TEXT, quantity TEXT, price INTEGER,
    amount INTEGER, book_amount INTEGER, tax_rate TEXT, tax INTEGER
);
CREATE INDEX staging.lines_line ON lines (line);
-- How what is on a line repeats, and its prices from a day on, null while it is paused.
CREATE TABLE staging.schedules (line INTEGER PRIMARY KEY, every TEXT, from_on TEXT, until_on TEXT, amount INTEGER);
CREATE TABLE staging.schedule_prices (line INTEGER, from_on TEXT, amount INTEGER);
CREATE INDEX staging.schedule_prices_line ON schedule_prices (line);
CREATE TABLE staging.versions (line INTEGER, seq INTEGER, from_on TEXT, to_on TEXT, stage_id INTEGER, stage_since TEXT);
CREATE INDEX staging.versions_line ON versions (line);
-- The stages that deals may be in, provisional ones too, and the first open stage of their pipeline.
CREATE TABLE staging.stages (id INTEGER PRIMARY KEY, pipeline_id INTEGER, kind TEXT, first_id INTEGER);
-- How often the hash of a row without an id came.
CREATE TABLE staging.seen (key TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID;
-- The keys of a file that is all its source has, of several files those of all of them.
CREATE TABLE IF NOT EXISTS staging.present (
    source TEXT, kind TEXT, key TEXT, PRIMARY KEY (source, kind, key)
) WITHOUT ROWID;
-- What is wrong with which row.
CREATE TABLE staging.faults (line INTEGER, title TEXT, cell TEXT, reason TEXT);
-- What rows that cannot go in are known by, and what they refer to: others may have the same id, or mean them.
CREATE TABLE staging.faulty (line INTEGER PRIMARY KEY, key TEXT, name TEXT, ref TEXT, refund_ref TEXT);
-- New names that are not needed: a person edited these columns of the record, and they stay.
CREATE TABLE staging.spared (line INTEGER, name TEXT, PRIMARY KEY (line, name)) WITHOUT ROWID;
-- The further rows of what several rows make, by the line of the first one.
CREATE TABLE staging.members (line INTEGER, member INTEGER);
CREATE INDEX staging.members_line ON members (line);
-- What was given back of the sale on a line so far, gross, and when.
CREATE TABLE staging.refunds (line INTEGER PRIMARY KEY, refunded INTEGER, on_date TEXT);
-- What rows that give money back need to find, and the sales they may mean. An id below zero is of a new sale.
CREATE TABLE staging.wanted (customer_id INTEGER, amount INTEGER, PRIMARY KEY (customer_id, amount)) WITHOUT ROWID;
CREATE TABLE staging.candidates (
    id INTEGER, customer_id INTEGER, amount INTEGER, tax INTEGER, currency TEXT, on_date TEXT
);
CREATE INDEX staging.candidates_customer ON candidates (customer_id, amount);
-- What rows mean that are not known by their keys, and what records mean that their source brought before: digests.
CREATE TABLE staging.meant (line INTEGER PRIMARY KEY, meaning TEXT);
CREATE TABLE staging.brought (key TEXT, record_id INTEGER, here INTEGER, day TEXT, meaning TEXT);
-- Which row means which record.
CREATE TABLE staging.paired (line INTEGER PRIMARY KEY, key TEXT, record_id INTEGER, here INTEGER);
-- Which rows stand for which of them, found by what they mean: by the record's key, beside the key of the row itself.
CREATE TABLE staging.taken (line INTEGER PRIMARY KEY, key TEXT, own TEXT);
CREATE INDEX staging.taken_key ON taken (key);

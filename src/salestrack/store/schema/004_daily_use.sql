-- Second schema: what the seller's own process needs beside the ledger.

ALTER TABLE pipelines ADD COLUMN removed_on TEXT CHECK (removed_on GLOB '????-??-??');
ALTER TABLE lost_reasons ADD COLUMN removed_on TEXT CHECK (removed_on GLOB '????-??-??');
ALTER TABLE activity_kinds ADD COLUMN removed_on TEXT CHECK (removed_on GLOB '????-??-??');
ALTER TABLE owners ADD COLUMN removed_on TEXT CHECK (removed_on GLOB '????-??-??');
ALTER TABLE custom_fields ADD COLUMN removed_on TEXT CHECK (removed_on GLOB '????-??-??');

-- Out of sight in `today` until that day.
ALTER TABLE deals ADD COLUMN snoozed_until TEXT CHECK (snoozed_until GLOB '????-??-??');
ALTER TABLE customers ADD COLUMN snoozed_until TEXT CHECK (snoozed_until GLOB '????-??-??');
CREATE INDEX customers_snoozed ON customers (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX customers_created ON customers (created_on) WHERE created_on IS NOT NULL;

-- Sales tax in percent as decimal text ('19', '8.875'); null: the book's, and 0 when the book has none.
ALTER TABLE products ADD COLUMN tax_rate TEXT;
ALTER TABLE sale_lines ADD COLUMN tax_rate TEXT;
ALTER TABLE sale_lines ADD COLUMN tax INTEGER;
ALTER TABLE deal_lines ADD COLUMN tax_rate TEXT;

-- The seller's own outcomes of an activity, and as which of the known ones reports count them.
CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    counts_as TEXT,
    removed_on TEXT CHECK (removed_on GLOB '????-??-??'),
    created_op INTEGER NOT NULL
) STRICT;

-- What follows by itself: after an activity of a kind, or when a deal enters a stage, a next step some days later.
CREATE TABLE follow_ups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    after_kind TEXT,
    stage_id INTEGER REFERENCES stages (id),
    kind TEXT NOT NULL,
    days INTEGER NOT NULL CHECK (days >= 0),
    working_days INTEGER NOT NULL DEFAULT 0 CHECK (working_days IN (0, 1)),
    note TEXT,
    created_op INTEGER NOT NULL,
    CHECK ((after_kind IS NOT NULL) + (stage_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX follow_ups_stage ON follow_ups (stage_id) WHERE stage_id IS NOT NULL;

-- Points of the lead score. fit: a field of the customer has a value. activity: each done activity of a kind, halved
-- after every half_life days.
CREATE TABLE score_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('fit', 'activity')),
    name TEXT NOT NULL,
    value TEXT,
    points INTEGER NOT NULL,
    half_life INTEGER CHECK (half_life > 0),
    created_op INTEGER NOT NULL
) STRICT;

-- When copies of the book were made, and where to; a matter of this file, so it is not journalled.
CREATE TABLE backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    place TEXT NOT NULL
) STRICT;

-- A kind's new name goes into what names it, and comes out again when the renaming is undone. No images are kept of
-- that: the name of the kind is the one thing that changed, and every logged call can still be undone by itself.
CREATE TRIGGER activity_kinds_rename AFTER UPDATE OF name ON activity_kinds WHEN OLD.name <> NEW.name BEGIN
    UPDATE journal_session SET paused = paused + 1;
    UPDATE activities SET kind = NEW.name WHERE kind = OLD.name;
    UPDATE follow_ups SET after_kind = NEW.name WHERE after_kind = OLD.name;
    UPDATE follow_ups SET kind = NEW.name WHERE kind = OLD.name;
    UPDATE score_rules SET name = NEW.name WHERE what = 'activity' AND name = OLD.name;
    UPDATE journal_session SET paused = paused - 1;
END;

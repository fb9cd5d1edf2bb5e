-- How the book is kept: settings, pipelines, people who sell, what is sold. Every record carries the
-- operation that created it (created_op), so an insertion needs no image in the journal.

CREATE TABLE settings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;

CREATE TABLE owners (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    email TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL
) STRICT;

CREATE TABLE pipelines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;

-- A removed stage keeps its row: its deals and its place in reports stay.
CREATE TABLE stages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline_id INTEGER NOT NULL REFERENCES pipelines (id),
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('open', 'won', 'lost')),
    probability INTEGER NOT NULL CHECK (probability BETWEEN 0 AND 100),
    stale_days INTEGER CHECK (stale_days > 0),
    removed_on TEXT CHECK (removed_on GLOB '????-??-??'),
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX stages_pipeline ON stages (pipeline_id, position);

-- What a stage was called and worth on a day in the past; half-open like deal_history.
CREATE TABLE stage_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stage_id INTEGER NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
    from_on TEXT CHECK (from_on GLOB '????-??-??'),
    to_on TEXT CHECK (to_on GLOB '????-??-??'),
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    probability INTEGER NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX stage_history_stage ON stage_history (stage_id, from_on);

CREATE TABLE lost_reasons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_op INTEGER NOT NULL
) STRICT;

CREATE TABLE activity_kinds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    letter TEXT UNIQUE CHECK (length(letter) = 1),
    position INTEGER NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;

CREATE TABLE custom_fields (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL CHECK (record IN ('customer', 'contact', 'deal', 'sale', 'activity', 'product', 'owner')),
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'number', 'money', 'date', 'choice', 'yesno')),
    choices TEXT NOT NULL DEFAULT '[]',
    created_op INTEGER NOT NULL,
    UNIQUE (record, name)
) STRICT;

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_op INTEGER NOT NULL
) STRICT;

CREATE TABLE days_off (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    from_on TEXT NOT NULL CHECK (from_on GLOB '????-??-??'),
    to_on TEXT NOT NULL CHECK (to_on GLOB '????-??-??'),
    name TEXT,
    created_op INTEGER NOT NULL,
    CHECK (from_on <= to_on)
) STRICT;

-- One unit of currency is worth rate / 1,000,000,000 units of the book's currency from that day on.
CREATE TABLE rates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    on_date TEXT NOT NULL CHECK (on_date GLOB '????-??-??'),
    rate INTEGER NOT NULL CHECK (rate > 0),
    created_op INTEGER NOT NULL,
    UNIQUE (currency, on_date)
) STRICT;

-- key is the name case-folded with punctuation as spaces: every rung of name look-up goes through an index on it.
CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    sku TEXT,
    price INTEGER CHECK (price >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    removed_on TEXT CHECK (removed_on GLOB '????-??-??'),
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX products_key ON products (key);
CREATE INDEX products_sku ON products (sku) WHERE sku IS NOT NULL;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT,
    email TEXT,
    email_key TEXT,
    phone TEXT,
    phone_key TEXT,
    segment TEXT,
    country TEXT,
    source TEXT,
    owner_id INTEGER REFERENCES owners (id),
    note TEXT,
    created_on TEXT CHECK (created_on GLOB '????-??-??'),
    merged_into INTEGER REFERENCES customers (id),
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX customers_key ON customers (key);
CREATE INDEX customers_email ON customers (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX customers_phone ON customers (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into IS NOT NULL;

-- Short names, and the names that customers had before a merge or a renaming.
CREATE TABLE customer_aliases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX customer_aliases_key ON customer_aliases (key);
CREATE INDEX customer_aliases_customer ON customer_aliases (customer_id);

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER REFERENCES customers (id),
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    phone TEXT,
    phone_key TEXT,
    role TEXT,
    note TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_key ON contacts (key);
CREATE INDEX contacts_customer ON contacts (customer_id);
CREATE INDEX contacts_email ON contacts (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX contacts_phone ON contacts (phone_key) WHERE phone_key IS NOT NULL;

CREATE TABLE quotas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER REFERENCES owners (id),
    channel TEXT,
    metric TEXT NOT NULL CHECK (metric IN ('revenue', 'won', 'calls', 'meetings')),
    start_on TEXT NOT NULL CHECK (start_on GLOB '????-??-??'),
    end_on TEXT NOT NULL CHECK (end_on GLOB '????-??-??'),
    target INTEGER NOT NULL CHECK (target >= 0),
    currency TEXT CHECK (length(currency) = 3),
    created_op INTEGER NOT NULL,
    CHECK (start_on <= end_on),
    CHECK ((metric = 'revenue') = (currency IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX quotas_what ON quotas (metric, start_on, end_on, coalesce(owner_id, 0), coalesce(channel, ''));

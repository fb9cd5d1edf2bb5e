-- Full text over what people write, one index for each kind of record; triggers keep them (store/triggers.py).
-- The indexes hold no text and no lengths, only which words stand in which rows. rowid = the record's id;
-- among customers id * 2, and id * 2 + 1 for one of their other names.

CREATE VIRTUAL TABLE search_customers USING fts5
    (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_contacts USING fts5
    (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_deals USING fts5
    (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_sales USING fts5
    (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_activities USING fts5
    (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_products USING fts5
    (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');

-- The words of an index in order, so that a word's beginning is looked up without reading what it finds.
CREATE VIRTUAL TABLE search_customers_words USING fts5vocab (search_customers, instance);
CREATE VIRTUAL TABLE search_contacts_words USING fts5vocab (search_contacts, instance);
CREATE VIRTUAL TABLE search_deals_words USING fts5vocab (search_deals, instance);
CREATE VIRTUAL TABLE search_sales_words USING fts5vocab (search_sales, instance);
CREATE VIRTUAL TABLE search_activities_words USING fts5vocab (search_activities, instance);
CREATE VIRTUAL TABLE search_products_words USING fts5vocab (search_products, instance);

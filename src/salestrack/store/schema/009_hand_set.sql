-- Which columns of records a person had set in the book that this one was brought in from, and what files had said before
-- of these and of removed records: its journal stayed there, and the next import of a file must know them here too. A matter of this file, so it is not journalled.
CREATE TABLE hand_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tbl TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    columns TEXT NOT NULL,
    said TEXT NOT NULL DEFAULT '{}',
    UNIQUE (tbl, row_id)
) STRICT;

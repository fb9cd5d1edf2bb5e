-- Which columns of records a person had set in the book that this one was brought in from: its journal stayed there,
-- and the next import of a file must leave them alone here too. A matter of this file, so it is not journalled.
CREATE TABLE hand_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tbl TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    columns TEXT NOT NULL,
    UNIQUE (tbl, row_id)
) STRICT;

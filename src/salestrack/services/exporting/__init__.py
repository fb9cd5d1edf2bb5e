"""Taking data out of the book: one kind of record, one person's data, or all of it."""

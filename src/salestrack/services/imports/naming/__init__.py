"""Who and what the names of a file mean: those in the book, new ones, and those that may be one."""

-- Which profile said how a file is read, and why rows of it are no records: {"reason": how many}.
ALTER TABLE imports ADD COLUMN profile TEXT;
ALTER TABLE imports ADD COLUMN left_out TEXT NOT NULL DEFAULT '{}';

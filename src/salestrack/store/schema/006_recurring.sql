-- What repeats, and what it is worth from when on.

ALTER TABLE schedules ADD COLUMN amount INTEGER;

-- The price of a repeating sale or deal from a day on, in minor units of the record's currency; null while it is paused.
CREATE TABLE schedule_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule_id INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    from_on TEXT NOT NULL CHECK (from_on GLOB '????-??-??'),
    amount INTEGER CHECK (amount >= 0),
    created_op INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_changes_schedule ON schedule_changes (schedule_id, from_on);

-- What the source is worth that a loss was found in: only records that are worth as much can show that nothing is missing.
-- NULL: found before this was kept, by a source of any worth.
ALTER TABLE loss ADD COLUMN trust TEXT CHECK (trust IN ('kernel', 'file', 'forgeable'));

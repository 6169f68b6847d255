-- One event is (host, millisecond, serial, type), of one boot as far as the carrier tells it ('': it does not). What was kept
-- before is of type 1326. Within one trust and type, no serial stands under '' that stands under a boot (src/observe/seen.ts).
CREATE TABLE seen_by_boot (
  host_id INTEGER NOT NULL REFERENCES host,
  at_ms INTEGER NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('kernel', 'file', 'forgeable')),
  type INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  serial_from INTEGER NOT NULL,
  serial_to INTEGER NOT NULL CHECK (serial_to >= serial_from),
  PRIMARY KEY (host_id, at_ms, trust, type, boot_id, serial_from)
) STRICT, WITHOUT ROWID;
INSERT INTO seen_by_boot (host_id, at_ms, trust, type, boot_id, serial_from, serial_to)
  SELECT host_id, at_ms, trust, 1326, '', serial_from, serial_to FROM seen;
DROP TABLE seen;
ALTER TABLE seen_by_boot RENAME TO seen;

-- What AppArmor mediated, by profile, counted (src/observe/sighting.ts). `namespace` is '' for the root's policy; `fields` is the access
-- as JSON (src/record/access.ts), `class` its kind; `overflow` counts what a profile's bound left no room for.
CREATE TABLE access (
  access_id INTEGER PRIMARY KEY,
  host_id INTEGER NOT NULL REFERENCES host,
  namespace TEXT NOT NULL,
  profile TEXT NOT NULL,
  class TEXT NOT NULL,
  fields TEXT NOT NULL CHECK (json_valid(fields)),
  verdict TEXT NOT NULL CHECK (verdict IN ('AUDIT', 'ALLOWED', 'DENIED', 'KILLED')),
  trust TEXT NOT NULL CHECK (trust IN ('kernel', 'file', 'forgeable')),
  count INTEGER NOT NULL CHECK (count > 0),
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  sample_serial INTEGER NOT NULL,
  UNIQUE (profile, namespace, host_id, trust, verdict, fields)
) STRICT;
CREATE INDEX access_host ON access (host_id);

-- The events behind a count, each once. One serial may bear several accesses of one system call, so that `seen` cannot tell them apart.
CREATE TABLE access_seen (
  access_id INTEGER NOT NULL REFERENCES access ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  serial INTEGER NOT NULL,
  PRIMARY KEY (access_id, at_ms, serial)
) STRICT, WITHOUT ROWID;

-- What the kernel said, counted. Names are printable text (src/record/name.ts); numbers are as logged (src/kernel/abi.ts
-- puts the names on when they are shown). Times are milliseconds since 1970, UTC.

CREATE TABLE exe (
  exe_id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE host (
  host_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A program is a path with the content it had when it was observed; '' where nobody looked at the file.
CREATE TABLE program (
  program_id INTEGER PRIMARY KEY,
  exe_id INTEGER NOT NULL REFERENCES exe,
  build_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  UNIQUE (exe_id, build_id, sha256)
) STRICT;

-- Ids are never given again, so that an id in somebody's notes stays what it was.
CREATE TABLE run (
  run_id INTEGER PRIMARY KEY AUTOINCREMENT,
  program_id INTEGER NOT NULL REFERENCES program,
  kind TEXT NOT NULL CHECK (kind IN ('observed', 'inferred')),
  stage TEXT NOT NULL CHECK (stage IN ('preload', 'launcher', 'unknown')),
  mode TEXT NOT NULL CHECK (mode IN ('full', 'known')),
  name TEXT,
  argv TEXT NOT NULL CHECK (json_type(argv) = 'array'),
  host_id INTEGER REFERENCES host,
  boot_id TEXT,
  ses INTEGER,
  pid INTEGER,
  uid INTEGER,
  kernel TEXT,
  libc TEXT,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  complete INTEGER CHECK (complete IN (0, 1)),
  why TEXT,
  exit_code INTEGER,
  exit_signal TEXT,
  new_calls INTEGER
) STRICT;
CREATE INDEX run_program ON run (program_id);
CREATE INDEX run_started ON run (started_ms);

-- Every audit session that belongs to a run.
CREATE TABLE run_session (
  ses INTEGER NOT NULL,
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  PRIMARY KEY (ses, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_session_run ON run_session (run_id);

-- The process that an inferred run is made of, as far as it was seen: later records of it join the run.
CREATE TABLE process (
  run_id INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  host_id INTEGER NOT NULL REFERENCES host,
  ses INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  boot_id TEXT,
  last_exe TEXT NOT NULL,
  may_exec INTEGER NOT NULL CHECK (may_exec IN (0, 1)),
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  exit_ms INTEGER,
  exit_serial INTEGER,
  CHECK ((exit_ms IS NULL) = (exit_serial IS NULL))
) STRICT;
CREATE INDEX process_key ON process (host_id, pid, ses, last_ms);

CREATE TABLE tally (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  exe_id INTEGER NOT NULL REFERENCES exe,
  arch_token INTEGER NOT NULL,
  nr INTEGER NOT NULL,
  code INTEGER NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('kernel', 'file', 'forgeable')),
  count INTEGER NOT NULL CHECK (count > 0),
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  sample_serial INTEGER NOT NULL,
  sample_ip TEXT NOT NULL,
  PRIMARY KEY (run_id, exe_id, arch_token, nr, code, trust)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_exe ON tally (exe_id);

-- Records that are missing. A loss of an import has no run: it lies between two events (after_…, before_…) of its host.
-- `ordinal` tells equal losses at one place apart, so that the same file twice brings the same rows.
CREATE TABLE loss (
  loss_id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES run ON DELETE CASCADE,
  host_id INTEGER REFERENCES host,
  reason TEXT NOT NULL,
  certainty TEXT NOT NULL CHECK (certainty IN ('exact', 'at-most', 'unknown')),
  count INTEGER CHECK (count >= 0),
  text TEXT NOT NULL,
  from_ms INTEGER,
  to_ms INTEGER,
  after_serial INTEGER,
  before_serial INTEGER,
  ordinal INTEGER NOT NULL DEFAULT 0,
  CHECK ((certainty = 'unknown') = (count IS NULL))
) STRICT;
CREATE INDEX loss_run ON loss (run_id);
CREATE INDEX loss_host ON loss (host_id, to_ms);

-- Events already counted: serials from..to of one host, stamped with one millisecond (src/observe/seen.ts).
CREATE TABLE seen (
  host_id INTEGER NOT NULL REFERENCES host,
  at_ms INTEGER NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('kernel', 'file', 'forgeable')),
  serial_from INTEGER NOT NULL,
  serial_to INTEGER NOT NULL CHECK (serial_to >= serial_from),
  PRIMARY KEY (host_id, at_ms, trust, serial_from)
) STRICT, WITHOUT ROWID;

-- Where records came from and how far each was read.
CREATE TABLE source (
  source TEXT NOT NULL,
  carrier TEXT NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('kernel', 'file', 'forgeable')),
  cursor TEXT NOT NULL CHECK (json_valid(cursor)),
  records INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (source)
) STRICT, WITHOUT ROWID;

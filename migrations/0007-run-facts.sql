-- What the program's standard output was while it was observed. NULL: not known.
ALTER TABLE run ADD COLUMN stdout TEXT CHECK (stdout IN ('pipe', 'file', 'terminal', 'device', 'socket', 'closed'));

CREATE TABLE module (
  module_id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  build_id TEXT NOT NULL,
  UNIQUE (path, build_id)
) STRICT;

-- The place in a file that a tally's sample_ip stood in: an address means nothing once its process is gone.
CREATE TABLE origin (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  exe_id INTEGER NOT NULL REFERENCES exe,
  arch_token INTEGER NOT NULL,
  nr INTEGER NOT NULL,
  sample_ip TEXT NOT NULL,
  module_id INTEGER NOT NULL REFERENCES module,
  file_offset INTEGER NOT NULL,
  PRIMARY KEY (run_id, exe_id, arch_token, nr, sample_ip)
) STRICT, WITHOUT ROWID;

-- What a person said of a call of a program, and who, when and why. No age removes it. stage '': every stage; a call is a
-- name, or the number of one that no table has.
CREATE TABLE manual (
  exe_id INTEGER NOT NULL REFERENCES exe,
  stage TEXT NOT NULL CHECK (stage IN ('', 'preload', 'launcher', 'unknown')),
  call TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('allow', 'deny')),
  who TEXT NOT NULL,
  uid INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (exe_id, stage, call)
) STRICT, WITHOUT ROWID;

-- What the arguments of a program's calls were, where they are values and not pointers (src/kernel/value-arguments.ts), from
-- the SYSCALL records beside its SECCOMP records. `value` is hexadecimal, as logged: 64 bits without a sign; '' stands for all
-- values that are not kept apart, as there are too many (src/observe/argument.ts).
CREATE TABLE argument (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  exe_id INTEGER NOT NULL REFERENCES exe,
  arch_token INTEGER NOT NULL,
  nr INTEGER NOT NULL,
  code INTEGER NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('kernel', 'file', 'forgeable')),
  arg INTEGER NOT NULL CHECK (arg BETWEEN 0 AND 5),
  value TEXT NOT NULL CHECK (length(value) <= 16),
  count INTEGER NOT NULL CHECK (count > 0),
  PRIMARY KEY (run_id, exe_id, arch_token, nr, code, trust, arg, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX argument_exe ON argument (exe_id);

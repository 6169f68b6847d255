import path from 'node:path';

/** Where the daemon's configuration is, unless `--config` says otherwise. */
export const CONFIG_PATH = '/etc/profiler/profiler.toml';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where the database is: `--db`, else PROFILER_DB, else /var/lib/profiler/profiler.db for root and
 * $XDG_STATE_HOME/profiler/profiler.db (~/.local/state where that is unset or relative: XDG base directory 0.8) for others.
 */
export function databasePath(option: string | undefined, env: Env, uid: number): string {
  const asked = option || env['PROFILER_DB'];
  if (asked) return asked;
  if (uid === 0) return '/var/lib/profiler/profiler.db';
  return path.join(stateHome(env), 'profiler', 'profiler.db');
}

function stateHome(env: Env): string {
  const named = env['XDG_STATE_HOME'];
  if (named !== undefined && path.isAbsolute(named)) return named;
  return path.join(env['HOME'] || '/', '.local', 'state');
}

import { expect, test } from 'vitest';
import { databasePath } from '../../src/config/paths.ts';

test.for([
  { option: 'x.db', env: { PROFILER_DB: '/e.db' }, uid: 0, want: 'x.db' },
  { option: undefined, env: { PROFILER_DB: '/e.db' }, uid: 0, want: '/e.db' },
  { option: undefined, env: { PROFILER_DB: '' }, uid: 0, want: '/var/lib/profiler/profiler.db' },
  { option: undefined, env: { XDG_STATE_HOME: '/s', HOME: '/h' }, uid: 1000, want: '/s/profiler/profiler.db' },
  {
    option: undefined,
    env: { XDG_STATE_HOME: 'relative', HOME: '/h' },
    uid: 1000,
    want: '/h/.local/state/profiler/profiler.db',
  },
  { option: undefined, env: { HOME: '/h' }, uid: 1000, want: '/h/.local/state/profiler/profiler.db' },
  { option: undefined, env: {}, uid: 1000, want: '/.local/state/profiler/profiler.db' },
])('the database of $env, uid $uid, --db $option is $want', ({ option, env, uid, want }) => {
  expect(databasePath(option, env, uid)).toBe(want);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { candidates } from '../../src/cli/candidates.ts';
import { main } from '../../src/cli/main.ts';
import { openStore } from '../../src/store/open.ts';
import { newRun } from '../store/rows.ts';
import { world } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-completion-'));
const db = join(folder, 'p.db');
const env = { PROFILER_DB: db };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const store = openStore(db);
  for (const [exe, name] of [
    ['/usr/bin/hello', 'nightly'],
    ['/opt/hello-world', undefined],
    ['/tmp/$(touch pwned)', "it's"],
  ] as const) {
    store.beginRun(newRun({ exe, name }));
  }
  const event = {
    host: 'vm',
    verdict: 'DENIED',
    trust: 'kernel',
    atMs: 1,
    access: { kind: 'umount', target: '/' },
  } as const;
  const profiles = [
    ['', 'nginx'],
    ['', 'a b'],
    ['n', 'other'],
  ] as const;
  store.addAccesses(profiles.map(([namespace, profile], serial) => ({ ...event, namespace, profile, serial })));
  store.close();
});

describe('candidates', () => {
  test.for([
    { words: ['en'], found: ['enforce'] },
    { words: ['--'], found: ['--help', '--version'] },
    { words: ['help', 'su'], found: ['suggest'] },
    { words: ['nothing', ''], found: [] },
    { words: ['enforce', '--st'], found: ['--stage', '--strict'] },
    { words: ['enforce', '--stage', ''], found: ['launcher', 'preload'] },
    { words: ['enforce', '--stage=l'], found: ['--stage=launcher'] },
    { words: ['completion', ''], found: ['bash', 'fish', 'zsh'] },
    // What was learned, by name and path; never a name that a shell could misread.
    { words: ['suggest', '--exe', 'hello'], found: ['hello', 'hello-world'] },
    { words: ['suggest', '--exe', '/'], found: ['/opt/hello-world', '/usr/bin/hello'] },
    { words: ['suggest', '--exe=/o'], found: ['--exe=/opt/hello-world'] },
    { words: ['suggest', '--exe', '$'], found: [] },
    { words: ['enforce', '--name', ''], found: ['nightly'] },
    { words: ['suggest', '--profile', ''], found: ['nginx'] },
    { words: ['suggest', '--db', '/none', '--exe', ''], found: [] },
    // The shell knows better: files, and the words of CMD.
    { words: ['suggest', '--db', ''], found: [':files'] },
    { words: ['import', 'x'], found: [':files'] },
    { words: ['enforce', ''], found: [':command 2'] },
    { words: ['enforce', '--stage', 'preload', 'l'], found: [':command 4'] },
    { words: ['enforce', '--', 'l'], found: [':command 3'] },
    { words: ['enforce', '--strict', 'ls', '--all', '-'], found: [':command 3'] },
  ])('$words', async ({ words, found }) => {
    expect(await candidates(words, env)).toEqual(found);
  });

  test('are printed one a line', async () => {
    const { context, out } = world({ env });
    expect(await main(['__complete', '--', 'suggest', '--exe', 'he'], context)).toBe(0);
    expect(out()).toBe('hello\nhello-world\n');
  });
});

test('bash completes with the script', async () => {
  const { context, out } = world();
  await main(['completion', 'bash'], context);
  const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
  writeFileSync(join(folder, 'profiler'), `#!/bin/sh\nexec ${process.execPath} ${bin} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'script.bash'), out());
  const script = `
    source ${folder}/script.bash
    complete -p profiler
    COMP_WORDS=(profiler suggest --exe hel) COMP_CWORD=3
    _profiler
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, ...env, PATH: `${folder}:${process.env['PATH']}` },
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'complete -F _profiler profiler\nhello\nhello-world\n', stderr: '' });
});

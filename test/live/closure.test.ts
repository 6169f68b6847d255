import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, type Ended, profiler, run, scratch } from './cli.ts';

const folder = scratch();
const env = { ...process.env, PROFILER_DB: join(folder.path, 'p.db') };
const programs = { hello: '', paths: '', threads: '' };

beforeAll(async () => {
  programs.hello = build(folder.path, 'hello', 'native/examples/hello.c');
  programs.paths = build(folder.path, 'paths', 'test/live/programs/paths.c');
  programs.threads = build(folder.path, 'threads', 'test/live/programs/threads.c', ['-pthread']);
  for (const program of Object.values(programs)) {
    const { code, stderr } = await profiler(['observe', '--', program], { env });
    if (code !== 0) throw new Error(stderr);
  }
});

afterAll(() => folder.remove());

function enforced(closure: string, ...words: readonly string[]): Promise<Ended> {
  return profiler(['enforce', '--closure', closure, '--', ...words], { env });
}

/** Paths that the observed run did not take, each with how it ends where it is let. */
test.for([
  { path: 'clock', ended: { code: 0, signal: null } },
  { path: 'abort', ended: { code: null, signal: 'SIGABRT' } },
  { path: 'heap', ended: { code: 0, signal: null } },
])('what was seen does not allow the path "$path"; the libc closure does', async ({ path, ended }) => {
  expect(await enforced('none', programs.paths, path)).toMatchObject({ code: null, signal: 'SIGSYS' });
  expect(await enforced('libc', programs.paths, path)).toMatchObject(ended);
});

test('hello writes to a character device under the libc closure alone', async () => {
  const to = (closure: string) =>
    run(
      'sh',
      [
        '-c',
        `exec "$@" >/dev/null`,
        'sh',
        process.execPath,
        'dist/cli/bin.js',
        'enforce',
        '--closure',
        closure,
        '--',
        programs.hello,
      ],
      { env },
    );
  expect(await to('none')).toMatchObject({ code: null, signal: 'SIGSYS' });
  expect(await to('libc')).toMatchObject({ code: 0, signal: null });
});

test('threads run under the libc closure, however they meet', async () => {
  for (let round = 0; round < 3; round++) {
    expect(await enforced('libc', programs.threads)).toMatchObject({ code: 0, signal: null });
  }
});

test('explain names the code that made a call, of a program that lived for milliseconds', async () => {
  const { stdout } = await profiler(['explain', '--exe', programs.hello, 'getrandom', '--json'], { env });
  const { calls } = JSON.parse(stdout) as { calls: { places: { module: string; address: number }[] }[] };
  const [place] = calls[0]?.places ?? [];
  expect(place?.module).toMatch(/\/libc\.so\.6$/);
  // The instruction before that address is the call (objdump is the oracle).
  const at = place?.address ?? 0;
  const range = [`--start-address=${at - 2}`, `--stop-address=${at}`];
  const text = execFileSync('objdump', ['-d', ...range, place?.module ?? ''], { encoding: 'latin1' });
  expect(text).toMatch(/\bsyscall\b/);
});

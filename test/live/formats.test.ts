import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS, type Format } from '../../src/render/format.ts';
import { profiler as inProcess } from '../app/context.ts';
import { build, profiler, run, scratch } from './cli.ts';
import { onMachine } from './service-boot.ts';

/**
 * What was learned of two programs, in each format, by the program that takes it: both run, and a call that is not on the list
 * ends one of them. `probe signal 10` raises a signal, which `probe` alone was never seen to do.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SQL = 'create table t(a); insert into t values(42); select a from t';
const folder = scratch();
const db = join(folder.path, 'formats.db');
const probe = join(folder.path, 'probe');
const files = new Map<string, string>();
const FILTERED = 'NoNewPrivs:\t1\nSeccomp:\t2\n';

beforeAll(async () => {
  build(folder.path, 'probe', 'test/live/programs/own-status.c');
  for (const stage of ['preload', 'launcher']) {
    for (const command of [[probe], ['sqlite3', ':memory:', SQL]]) {
      const { stderr } = await profiler(['observe', '--db', db, '--stage', stage, '--', ...command]);
      if (!/ 0 lost, run \d+ complete/.test(stderr)) throw new Error(stderr);
    }
  }
  for (const exe of ['probe', 'sqlite3'])
    for (const format of FORMATS) files.set(`${exe}.${format}`, await printed(exe, format));
});
afterAll(() => folder.remove());

async function printed(exe: string, format: Format): Promise<string> {
  const file = join(folder.path, `${exe}.${format}`);
  const { outcome, stdout, stderr } = await inProcess(['suggest', '--db', db, '--exe', exe, '--format', format]);
  expect({ format, outcome, stderr }).toMatchObject({
    outcome: 0,
    stderr: expect.stringMatching(/^0 of \d+ observed calls denied; /m),
  });
  writeFileSync(file, stdout, format === 'bpf' ? 'latin1' : 'utf8');
  return file;
}

function fileOf(exe: string, format: Format): string {
  return files.get(`${exe}.${format}`) ?? '';
}

test.for(FORMATS.filter((format) => format !== 'table'))(
  'verify knows %s by its content and denies nothing that was seen',
  async (format) => {
    for (const exe of ['probe', 'sqlite3']) {
      const { outcome, stdout } = await inProcess(['verify', '--db', db, fileOf(exe, format), '--exe', exe]);
      expect(stdout).toMatch(new RegExp(`: ${format}, against .*: 0 of \\d+ observed calls denied; `));
      expect(outcome).toBe(0);
    }
    const other = await inProcess(['verify', '--db', db, fileOf('probe', format), '--exe', 'sqlite3']);
    expect(other).toMatchObject({
      outcome: 1,
      stdout: expect.stringMatching(/would be denied, and was seen: .*lseek \(\d+\)/),
    });
  },
);

test('libsandbox.so takes env', async () => {
  const tried = (...command: string[]) =>
    profiler(['suggest', '--db', db, '--exe', command[0] ?? '', '--stage', 'preload', '--try', '--', ...command]);
  expect(await tried(probe)).toMatchObject({ code: 0, stderr: expect.stringContaining(`${FILTERED}tried: exit 0\n`) });
  expect(await tried('sqlite3', ':memory:', SQL)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('42\ntried: exit 0\n'),
  });
  const denied = await tried(probe, 'signal', '10');
  expect(denied).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('killed by SIGSYS under it') });
});

test('bubblewrap takes bpf', async () => {
  const bwrap = (exe: string, ...command: string[]) =>
    run('/bin/sh', ['-c', 'exec bwrap --dev-bind / / --seccomp 3 "$@" 3<"$0"', fileOf(exe, 'bpf'), ...command]);
  expect(await bwrap('probe', probe)).toMatchObject({ code: 0, stdout: FILTERED });
  expect(await bwrap('sqlite3', 'sqlite3', ':memory:', SQL)).toMatchObject({ code: 0, stdout: '42\n' });
  expect(await bwrap('probe', probe, 'signal', '10')).toMatchObject({ code: 159, stdout: FILTERED });
  const tried = await profiler([
    'suggest',
    '--db',
    db,
    '--exe',
    'probe',
    '--format',
    'bpf',
    '--try',
    '--',
    probe,
    'signal',
    '10',
  ]);
  expect(tried).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('killed by SIGSYS under it') });
});

test('gcc and libseccomp take c', async () => {
  const program = build(folder.path, 'listed', 'test/live/programs/own-status.c', [
    '-Werror',
    join(ROOT, 'test/live/programs/load-list.c'),
    '-x',
    'c',
    fileOf('probe', 'c'),
    '-lseccomp',
  ]);
  expect(await run(program, [])).toMatchObject({ code: 0, stdout: FILTERED });
  expect(await run(program, ['signal', '10'])).toMatchObject({ signal: 'SIGSYS', stdout: FILTERED });
});

describe('systemd-analyze', () => {
  /** A unit in a folder of its own, with or without the drop-in. */
  function unit(exe: string, isConfined: boolean): string {
    const units = join(folder.path, `units-${exe}-${isConfined}`);
    mkdirSync(join(units, `${exe}.service.d`), { recursive: true });
    writeFileSync(join(units, `${exe}.service`), `[Service]\nExecStart=${probe}\nSystemCallFilter=~@mount\n`);
    if (isConfined) execFileSync('cp', [fileOf(exe, 'systemd'), join(units, `${exe}.service.d/50-calls.conf`)]);
    return join(units, `${exe}.service`);
  }

  test('takes the drop-in without a word, and finds the service less exposed', async () => {
    for (const exe of ['probe', 'sqlite3']) {
      expect(await run('systemd-analyze', ['verify', unit(exe, true)])).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      });
      const exposure = async (isConfined: boolean) => {
        const { stdout } = await run('systemd-analyze', [
          'security',
          '--no-pager',
          '--offline=true',
          unit(exe, isConfined),
        ]);
        if (isConfined) {
          expect(stdout).toMatch(/✓ SystemCallArchitectures=/);
          expect(stdout).not.toMatch(/✗ SystemCallFilter=/);
        }
        return Number(/Overall exposure level for \S+: ([\d.]+) /.exec(stdout)?.[1]);
      };
      expect(await exposure(true)).toBeLessThan((await exposure(false)) - 1);
    }
  });
});

/** Under a systemd of its own, where cgroups are as crun wants them: `NAME: RESULT` of each. */
const MACHINE = `
cd /run/checks
systemctl start dbus
probe=/run/checks/probe
sql='${SQL}'
try() {
	name=$1 exe=$2 format=$3
	shift 3
	profiler suggest --db formats.db --exe "$exe" --format "$format" --try -- "$@" >"$name.printed" 2>"$name.said"
	echo "$name: $? $(grep -c . "$name.printed") $(grep -E '^(tried|42|Seccomp)|^profiler:' "$name.said" | tr -s '\\t\\n' '  ')"
}
unit() {
	mkdir -p "/run/systemd/system/$1.service.d"
	printf '[Service]\\nType=oneshot\\nStandardOutput=append:/run/checks/%s.out\\nExecStart=%s\\n' "$1" "$3" >"/run/systemd/system/$1.service"
	cp "$2.systemd" "/run/systemd/system/$1.service.d/50-calls.conf"
	systemctl daemon-reload
	systemctl start "$1" 2>/dev/null
	echo "$1: $(systemctl show --value -p Result "$1") $(systemctl show --value -p ExecMainStatus "$1") $(tr -s '\\t\\n' '  ' <"$1.out")"
}
bundle() {
	name=$1 config=$2
	mkdir -p "$name/rootfs/usr" "$name/rootfs/proc" "$name/rootfs/run" "$name/rootfs/dev"
	for link in bin lib lib64; do ln -s "usr/$link" "$name/rootfs/$link"; done
	cp "$config" "$name/config.json"
	crun --cgroup-manager=disabled run --bundle "$name" "$name" >"$name.out" 2>&1
	echo "$name: $? $(tr -s '\\t\\n' '  ' <"$name.out")"
}
try systemd-probe probe systemd $probe
try systemd-sqlite3 sqlite3 systemd /usr/bin/sqlite3 :memory: "$sql"
try systemd-denied probe systemd $probe signal 10
try oci-probe probe oci $probe
try oci-sqlite3 sqlite3 oci sqlite3 :memory: "$sql"
try oci-denied probe oci $probe signal 10
unit unit-probe probe "$probe"
unit unit-sqlite3 sqlite3 "/usr/bin/sqlite3 :memory: '$sql'"
unit unit-denied probe "$probe signal 10"
for one in docker-probe docker-sqlite3 docker-denied; do bundle $one $one.json; done
`;

/** A container of this system's /usr, as Docker would make of its profile: archMap has become architectures. */
function dockerBundle(exe: string, args: readonly string[]): string {
  const text = execFileSync('cat', [fileOf(exe, 'docker')], { encoding: 'utf8' });
  const { archMap, ...seccomp } = JSON.parse(text) as { archMap: { architecture: string }[] };
  const bind = (path: string, source: string) => ({
    destination: path,
    type: 'bind',
    source,
    options: ['rbind', 'ro'],
  });
  return JSON.stringify({
    ociVersion: '1.0.2',
    process: { args, env: ['PATH=/usr/bin'], cwd: '/', user: { uid: 0, gid: 0 }, noNewPrivileges: true },
    root: { path: 'rootfs' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }, bind('/usr', '/usr'), bind('/run', '/run/checks')],
    linux: {
      namespaces: [{ type: 'mount' }, { type: 'pid' }],
      seccomp: { ...seccomp, architectures: archMap.map(({ architecture }) => architecture) },
    },
  });
}

test('systemd takes the drop-in, crun the OCI and the Docker profile: both programs run, another call ends one', () => {
  writeFileSync(join(folder.path, 'docker-probe.json'), dockerBundle('probe', ['/run/probe']));
  writeFileSync(join(folder.path, 'docker-sqlite3.json'), dockerBundle('sqlite3', ['sqlite3', ':memory:', SQL]));
  writeFileSync(join(folder.path, 'docker-denied.json'), dockerBundle('probe', ['/run/probe', 'signal', '10']));
  const said = onMachine(folder.path, MACHINE);
  const lines = new Map(said.split('\n').map((line): [string, string] => [line.replace(/:.*/, ''), line]));
  const told = (name: string) => lines.get(name) ?? said;
  for (const by of ['systemd', 'oci']) {
    expect(told(`${by}-probe`)).toMatch(/: 0 \d+ .*Seccomp: 2 tried: exit 0/);
    expect(told(`${by}-sqlite3`)).toMatch(/: 0 \d+ .*42 tried: exit 0/);
  }
  expect(told('oci-denied')).toMatch(/: 3 0 .*killed by SIGSYS under it/);
  expect(told('systemd-denied')).toMatch(/: 3 0 .*killed by SIGSYS under it/);
  expect(told('unit-probe')).toBe('unit-probe: success 0 NoNewPrivs: 0 Seccomp: 2 ');
  expect(told('unit-sqlite3')).toBe('unit-sqlite3: success 0 42 ');
  expect(told('unit-denied')).toMatch(/^unit-denied: (signal|core-dump) 31 NoNewPrivs: 0 Seccomp: 2 $/);
  expect(told('docker-probe')).toBe('docker-probe: 0 NoNewPrivs: 1 Seccomp: 2 ');
  expect(told('docker-sqlite3')).toBe('docker-sqlite3: 0 42 ');
  expect(told('docker-denied')).toMatch(/^docker-denied: 159 NoNewPrivs: 1 Seccomp: 2 $/);
});

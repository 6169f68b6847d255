import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Env } from '../../launch/run.ts';
import { consumer, type Trial, type TrialRequest } from './plan.ts';

/** File systems of the kernel: the container gets its own, or none. */
const OWN = new Set(['proc', 'sys', 'dev']);

/** By crun, in a container whose root holds this system's own folders, read-only, and whose process is CMD. */
export function tryByCrun({ argv, env, emission }: TrialRequest): Trial {
  const bundle = mkdtempSync(path.join(tmpdir(), 'profiler-try-'));
  const cleanUp = () => rmSync(bundle, { recursive: true, force: true });
  try {
    const seccomp: unknown = JSON.parse(Buffer.from(emission.bytes).toString());
    const mounts = rootfs(path.join(bundle, 'rootfs'));
    writeFileSync(path.join(bundle, 'config.json'), JSON.stringify(config(argv, env, mounts, seccomp)));
    const name = path.basename(bundle);
    const args = ['--cgroup-manager=disabled', 'run', '--bundle', bundle, name];
    return { path: consumer('crun', env), args, env, cleanUp };
  } catch (error) {
    cleanUp();
    throw error;
  }
}

interface Mount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options?: readonly string[];
}

/** Makes a root of mount points and links; gives what is to be mounted. */
function rootfs(root: string): readonly Mount[] {
  mkdirSync(root);
  const bound = readdirSync('/', { withFileTypes: true }).flatMap((entry): Mount[] => {
    const target = path.join(root, entry.name);
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(`/${entry.name}`), target);
    if (!entry.isDirectory()) return [];
    mkdirSync(target);
    if (OWN.has(entry.name)) return [];
    return [{ destination: `/${entry.name}`, type: 'bind', source: `/${entry.name}`, options: ['rbind', 'ro'] }];
  });
  return [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    ...bound,
  ];
}

function config(argv: readonly string[], env: Env, mounts: readonly Mount[], seccomp: unknown) {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: argv,
      env: Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
      cwd: process.cwd(),
      capabilities: { bounding: [], effective: [], permitted: [] },
      noNewPrivileges: true,
    },
    root: { path: 'rootfs' },
    mounts,
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }, { type: 'ipc' }, { type: 'uts' }], seccomp },
  };
}

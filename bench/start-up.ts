import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { abiByName, numbersOf } from '../src/kernel/abi.ts';
import { type Bench, PROFILER, ROOT } from './harness.ts';

interface Comparison {
  readonly what: string;
  readonly peer: string;
  /** The ratio that is wanted at most. */
  readonly aim: number;
  readonly rounds: number;
  readonly command: readonly string[];
  readonly against: readonly string[];
}

const STARTS = 301;

/** How long programs take to start and end under us, against the same bare, in turn. */
export const startUp: Bench = ({ folder, scale, show }) => {
  prepare(folder);
  for (const { what, peer, aim, rounds, command, against } of comparisons(folder, Math.ceil(STARTS * scale))) {
    const words = [String(rounds), ...command, '--vs', ...against];
    const out = execFileSync(join(folder, 'pair'), words, { encoding: 'utf8' });
    const [mine = 0, theirs = 0] = out.trim().split(' ').map(Number);
    show({ what, peer, value: mine / 1e6, peerValue: theirs / 1e6, unit: 'ms', aim });
  }
};

function prepare(folder: string): void {
  const cc = (out: string, source: string, ...flags: string[]): void => {
    execFileSync('gcc', ['-O2', '-o', join(folder, out), join(ROOT, source), ...flags]);
  };
  cc('pair', 'bench/pair.c');
  cc('hello', 'native/examples/hello.c');
  cc('hello-static', 'native/examples/hello.c', '-static');
  writeFileSync(join(folder, 'empty.cjs'), '');
}

function comparisons(folder: string, rounds: number): readonly Comparison[] {
  const hello = join(folder, 'hello');
  const stat = join(folder, 'hello-static');
  const preload = (count: number): string[] => [
    `LD_PRELOAD=${ROOT}native/build/libsandbox.so`,
    `SECCOMP_SYSCALL_ALLOW=${names(count)}`,
    'SECCOMP_QUIET=1',
    hello,
  ];
  const launch = [`SECCOMP_SYSCALL_ALLOW=${names(150)}`, 'SECCOMP_QUIET=1', `${ROOT}native/build/sandboxify`, stat];
  const cli = (...words: string[]): string[] => [...PROFILER, ...words];
  const node = [process.execPath, join(folder, 'empty.cjs')];
  return [
    {
      what: 'hello under libsandbox.so, 150 names',
      peer: 'bare hello',
      aim: 1.25,
      rounds,
      command: preload(150),
      against: [hello],
    },
    {
      what: 'hello under libsandbox.so, 5 names',
      peer: 'bare hello',
      aim: 1.25,
      rounds,
      command: preload(6),
      against: [hello],
    },
    {
      what: 'static hello under sandboxify, 150 names',
      peer: 'bare static hello',
      aim: Infinity,
      rounds,
      command: launch,
      against: [stat],
    },
    {
      what: 'profiler --help',
      peer: 'empty node program',
      aim: 1.5,
      rounds: Math.ceil(rounds / 10),
      command: cli('--help'),
      against: node,
    },
    {
      what: 'profiler suggest --help',
      peer: 'empty node program',
      aim: 1.5,
      rounds: Math.ceil(rounds / 10),
      command: cli('suggest', '--help'),
      against: node,
    },
    {
      what: 'profiler observe --help',
      peer: 'empty node program',
      aim: 1.5,
      rounds: Math.ceil(rounds / 10),
      command: cli('observe', '--help'),
      against: node,
    },
  ];
}

/** The calls that hello needs first, then others in table order. */
function names(count: number): string {
  const abi = abiByName(process.arch === 'arm64' ? 'aarch64' : 'x86_64');
  const all = abi ? [...numbersOf(abi).keys()] : [];
  const needed = [
    'brk',
    'exit_group',
    'getrandom',
    'newfstatat',
    'write',
    'ioctl',
    'fstat',
    'execve',
    'arch_prctl',
    'mmap',
    'mprotect',
  ];
  const rest = ['readlink', 'readlinkat', 'set_tid_address', 'set_robust_list', 'rseq', 'prlimit64', 'uname', 'munmap'];
  return [...new Set([...needed, ...rest, ...all])].slice(0, count).join(':');
}

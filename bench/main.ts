/** Ratios against a named peer in the same run: `npm run bench`. Nothing here fails a build; a figure over its aim is marked. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { abiByName, numbersOf } from '../src/kernel/abi.ts';

interface Comparison {
  readonly what: string;
  readonly peer: string;
  /** The ratio that is wanted at most. */
  readonly aim: number;
  readonly rounds: number;
  readonly command: readonly string[];
  readonly against: readonly string[];
}

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'profiler-bench-'));
const rounds = Number(process.env.PROFILER_BENCH_ROUNDS ?? 301);

try {
  prepare();
  console.log(`medians of ${rounds} interleaved starts (PROFILER_BENCH_ROUNDS), Node ${process.versions.node}\n`);
  console.log(row(['what', 'peer', 'ms', 'peer ms', 'ratio', 'aim']));
  for (const comparison of comparisons()) console.log(row(compare(comparison)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function prepare(): void {
  const cc = (out: string, source: string, ...flags: string[]): void => {
    execFileSync('gcc', ['-O2', '-o', join(folder, out), join(root, source), ...flags]);
  };
  cc('pair', 'bench/pair.c');
  cc('hello', 'native/examples/hello.c');
  cc('hello-static', 'native/examples/hello.c', '-static');
  writeFileSync(join(folder, 'empty.cjs'), '');
}

function comparisons(): readonly Comparison[] {
  const hello = join(folder, 'hello');
  const stat = join(folder, 'hello-static');
  const preload = (count: number): string[] => [
    `LD_PRELOAD=${root}native/build/libsandbox.so`,
    `SECCOMP_SYSCALL_ALLOW=${names(count)}`,
    'SECCOMP_QUIET=1',
    hello,
  ];
  const launch = [`SECCOMP_SYSCALL_ALLOW=${names(150)}`, 'SECCOMP_QUIET=1', `${root}native/build/sandboxify`, stat];
  const cli = (...words: string[]): string[] => [process.execPath, `${root}dist/cli/bin.js`, ...words];
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

function compare({ what, peer, aim, rounds: times, command, against }: Comparison): string[] {
  const out = execFileSync(join(folder, 'pair'), [String(times), ...command, '--vs', ...against], { encoding: 'utf8' });
  const [mine = 0, theirs = 0] = out.trim().split(' ').map(Number);
  const ratio = mine / theirs;
  const wanted = Number.isFinite(aim) ? `${ratio <= aim ? '' : 'OVER '}<= ${aim}` : '-';
  return [what, peer, (mine / 1e6).toFixed(2), (theirs / 1e6).toFixed(2), ratio.toFixed(2), wanted];
}

function row([what = '', peer = '', ...figures]: readonly string[]): string {
  return `${what.padEnd(42)} ${peer.padEnd(20)} ${figures.map((figure) => figure.padStart(9)).join(' ')}`;
}

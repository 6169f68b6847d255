import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { abiByName, abiOf, numbersOf, syscallName, syscallNumber } from '../../src/kernel/abi.ts';
import { ABIS } from '../../src/kernel/tables.gen.ts';

const ROOT = new URL('../../', import.meta.url);

function csv(path: string): string[][] {
  const lines = readFileSync(new URL(path, ROOT), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(','));
}

const [head = [], ...rows] = csv('src/kernel/syscalls.csv');

test('the tables on disk are those of the CSV files', () => {
  const argv = ['node_modules/tsx/dist/cli.mjs', 'src/kernel/generate.ts', '--check'];
  expect(execFileSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8' })).toBe('');
});

test('every ABI has a column, and every column an ABI', () => {
  expect(new Set(ABIS.map(({ column }) => column))).toEqual(new Set(head.slice(1)));
});

test.for(ABIS)('$abi: every number of the CSV has its name, and every name its number', (abi) => {
  const column = head.indexOf(abi.column);
  const wanted = rows.filter((cells) => cells[column] !== '' && cells[column] !== undefined);
  expect(wanted.length).toBeGreaterThan(250);
  const shared = new Map<number, string[]>();
  for (const [name = '', ...cells] of wanted) {
    const nr = Number(cells[column - 1]) + abi.base;
    shared.set(nr, [...(shared.get(nr) ?? []), name]);
    expect(syscallNumber(abi, name)).toBe(nr);
  }
  for (const [nr, names] of shared) expect(names).toContain(syscallName(abi.token, nr));
  expect(numbersOf(abi).size).toBe(wanted.length);
});

test.for(ABIS)('$abi: a number that the CSV lacks has no name', (abi) => {
  const known = new Set(numbersOf(abi).values());
  for (let nr = 0; nr < 1200; nr++) {
    const name = syscallName(abi.token, nr + abi.base);
    expect(name !== undefined, `${nr}: ${name}`).toBe(known.has(nr));
  }
  expect(syscallName(abi.token, -1)).toBeUndefined();
  expect(syscallName(abi.token, 0x3fffffff)).toBeUndefined();
});

test.for(ABIS)('$abi is found by its token, number base and name', (abi) => {
  expect(abiOf(abi.token, abi.base + 1)).toBe(abi);
  expect(abiByName(abi.abi)).toBe(abi);
});

test('one token, two ABIs: the number tells x86_64 from x32', () => {
  expect(abiOf(0xc000003e, 0)?.abi).toBe('x86_64');
  expect(abiOf(0xc000003e, 0x3fffffff)?.abi).toBe('x86_64');
  expect(abiOf(0xc000003e, 0x40000000)?.abi).toBe('x32');
  expect(abiOf(0xc000003e, -1)?.abi).toBe('x86_64');
  expect(syscallName(0xc000003e, 0x40000027)).toBe('getpid');
  expect(abiOf(0xdeadbeef, 1)).toBeUndefined();
  expect(syscallName(0xdeadbeef, 1)).toBeUndefined();
  expect(abiByName('vax')).toBeUndefined();
});

test('what the newest kernels have is there', () => {
  const x86 = abiByName('x86_64');
  expect(x86 && ['read', 'mseal', 'uretprobe', 'cachestat'].map((name) => syscallNumber(x86, name))).toEqual([
    0, 462, 335, 451,
  ]);
  expect(x86 && syscallNumber(x86, 'socketcall')).toBeUndefined();
});

/** auditd's own names for calls that the kernel calls otherwise. */
const AUDITD_NAMES: ReadonlyMap<string, string> = new Map([
  ['pread', 'pread64'],
  ['pwrite', 'pwrite64'],
  ['getdents', 'getdents64'],
  ['newfstat', 'fstat'],
  ['fstatat64', 'newfstatat'],
  ['sys_kexec_load', 'kexec_load'],
  ['sched_rr_get_interval64', 'sched_rr_get_interval_time64'],
  ['llseek', '_llseek'],
  ['newselect', '_newselect'],
  ['sysctl', '_sysctl'],
  ['fadvise64_64', 'arm_fadvise64_64'],
  ['sync_file_range', 'arm_sync_file_range'],
  ['timerfd', 'timerfd_create'],
  ['perf_counter_open', 'perf_event_open'],
]);
const ARM_OABI = 'time umount stime alarm utime getrlimit select readdir mmap socketcall syscall ipc';
/** What ppc has and ppc64 has not; auditd keeps one table for both (arch/powerpc/kernel/syscalls/syscall.tbl). */
const PPC_32 =
  'mmap2 truncate64 ftruncate64 stat64 lstat64 fstat64 fcntl64 sendfile64 fadvise64_64 clock_gettime64 clock_settime64 ' +
  'clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64 timerfd_gettime64 ' +
  'timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64 io_pgetevents_time64 recvmmsg_time64 mq_timedsend_time64 ' +
  'mq_timedreceive_time64 semtimedop_time64 rt_sigtimedwait_time64 futex_time64 sched_rr_get_interval_time64';

test.for([
  ['x86_64', ''],
  ['i386', ''],
  ['aarch64', ''],
  ['armeb', ARM_OABI],
  ['ppc64', PPC_32],
  ['ppc64le', PPC_32],
  ['ppc', 'semtimedop'],
  ['s390x', ''],
  ['s390', ''],
] as const)('%s: auditd’s table agrees, but for what that ABI never had', ([name, absent]) => {
  const token = abiByName(name)?.token ?? 0;
  const [, ...lines] = execFileSync('ausyscall', [name, '--dump'], { encoding: 'utf8' }).trim().split('\n');
  expect(lines.length).toBeGreaterThan(300);
  const differing = lines
    .map((line) => line.split('\t'))
    .filter(([nr, theirs = '']) => !agrees(theirs, syscallName(token, Number(nr))));
  expect(new Set(differing.map(([, theirs]) => theirs))).toEqual(new Set(absent.split(' ').filter(Boolean)));
  for (const [nr] of differing) expect(syscallName(token, Number(nr))).toBeUndefined();
});

function agrees(theirs: string, ours: string | undefined): boolean {
  return ours !== undefined && (ours === theirs || ours === AUDITD_NAMES.get(theirs));
}

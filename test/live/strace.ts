import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NATIVE, run } from './cli.ts';

/** The calls that strace sees of a program: after our seccomp() call (preload) or after execve returned (launcher). */
export async function straced(
  stage: 'preload' | 'launcher',
  command: readonly string[],
  folder: string,
): Promise<ReadonlySet<string>> {
  const out = join(folder, 'strace.out');
  const set = [
    `LD_PRELOAD=${NATIVE}/libsandbox.so`,
    'SECCOMP_SYSCALL_ALLOW=',
    'SECCOMP_DEFAULT_ACTION=log',
    'SECCOMP_QUIET=1',
  ];
  const environment = stage === 'preload' ? set.flatMap((entry) => ['-E', entry]) : [];
  await run('strace', ['-f', '-qq', '-e', 'signal=none', '-o', out, ...environment, '--', ...command]);
  const lines = readFileSync(out, 'utf8').split('\n');
  rmSync(out);
  const start = lines.findIndex((line) =>
    (stage === 'preload' ? /\bseccomp\(SECCOMP_SET_MODE_FILTER/ : /\bexecve\(/).test(line),
  );
  if (start < 0) throw new Error(`strace of ${command.join(' ')} shows no start of the ${stage} stage`);
  // `PID name(…`; `<... name resumed>` continues a call that has been counted.
  return new Set(lines.slice(start + 1).flatMap((line) => /^\d+ +(\w+)\(/.exec(line)?.[1] ?? []));
}

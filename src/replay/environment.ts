import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { type Filter, namedFilter } from './filter.ts';

const LINE = /^\s*(?:export\s+)?(SECCOMP_SYSCALL_ALLOW|SECCOMP_SYSCALL_DENY|SECCOMP_DEFAULT_ACTION)=(.*?)\s*$/;

/** The contract of libsandbox.so and sandboxify (README), as lines that a shell or an environment file sets. */
export function readEnvironment(text: string, native: AbiName): Filter {
  const set = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value = ''] = LINE.exec(line) ?? [];
    if (name !== undefined) set.set(name, value.replace(/^(["'])(.*)\1$/s, '$2'));
  }
  const allow = set.get('SECCOMP_SYSCALL_ALLOW');
  const deny = set.get('SECCOMP_SYSCALL_DENY');
  if (allow === undefined && deny === undefined)
    throw new UsageError('want SECCOMP_SYSCALL_ALLOW= or SECCOMP_SYSCALL_DENY=');
  const logs = set.get('SECCOMP_DEFAULT_ACTION') === 'log';
  const refused = logs ? 'allow' : 'deny';
  const items = (allow ?? deny ?? '').split(':').filter((item) => item !== '');
  return namedFilter({
    entries: items.map((call) => ({ call, verdict: allow === undefined ? refused : 'allow' })),
    otherwise: allow === undefined ? 'allow' : refused,
    abis: new Set([native]),
    elsewhere: refused,
    remarks: logs ? ['SECCOMP_DEFAULT_ACTION=log: what is not on the list is logged, and made'] : [],
  });
}

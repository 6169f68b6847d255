import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { SCMP_ARCHES } from '../render/architecture.ts';
import { type Filter, namedFilter } from './filter.ts';

/** C source as render/c.ts writes it, and no other: the table of what is allowed, the architecture and the default action. */
export function readCSource(text: string): Filter {
  const code = text.replace(/\/\*.*?\*\//gs, ' ');
  const [, table] = /\ballowed\[\] = \{([^}]*)\}/.exec(code) ?? [];
  const [, arch] =
    /seccomp_arch_native\(\) == (\w+) \? seccomp_init\(SCMP_ACT_(?:KILL_PROCESS|ERRNO)\b/.exec(code) ?? [];
  const abi = (Object.entries(SCMP_ARCHES) as [AbiName, string | undefined][]).find(([, name]) => name === arch)?.[0];
  if (table === undefined || abi === undefined) throw new UsageError('want C source as suggest --format c prints it');
  const calls = [...table.matchAll(/SCMP_SYS\((\w+)\)|(\d+)/g)].map(([, name, number]) => name ?? number ?? '');
  return namedFilter({
    entries: calls.map((call) => ({ call, verdict: 'allow' })),
    otherwise: 'deny',
    abis: new Set([abi]),
    elsewhere: 'deny',
  });
}

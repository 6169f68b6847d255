import { z } from 'zod';
import type { Entry, Verdict } from './filter.ts';

/** Actions of libseccomp that OCI and its kin name (runtime-spec, config-linux.md). A supervisor or a tracer may allow or deny. */
const ACTIONS: Readonly<Record<string, Verdict>> = {
  SCMP_ACT_ALLOW: 'allow',
  SCMP_ACT_LOG: 'allow',
  SCMP_ACT_NOTIFY: 'conditional',
  SCMP_ACT_TRACE: 'conditional',
  SCMP_ACT_ERRNO: 'deny',
  SCMP_ACT_TRAP: 'deny',
  SCMP_ACT_KILL: 'deny',
  SCMP_ACT_KILL_THREAD: 'deny',
  SCMP_ACT_KILL_PROCESS: 'deny',
};

const OPERATORS = ['NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'].map((op) => `SCMP_CMP_${op}`);

export const ACTION = z.enum(Object.keys(ACTIONS), { error: `want one of ${Object.keys(ACTIONS).join(', ')}` });

const ARGUMENT = z.object({
  index: z.int().min(0).max(5),
  value: z.number(),
  valueTwo: z.number().nullish(),
  op: z.enum(OPERATORS, { error: `want one of ${OPERATORS.join(', ')}` }),
});

const CONDITION = z
  .object({
    caps: z.array(z.string()).nullish(),
    arches: z.array(z.string()).nullish(),
    minKernel: z.string().nullish(),
  })
  .nullish();

export const SYSCALL = z.object({
  name: z.string().nullish(),
  names: z.array(z.string()).nullish(),
  action: ACTION,
  args: z.array(ARGUMENT).nullish(),
  includes: CONDITION,
  excludes: CONDITION,
});
type Syscall = z.output<typeof SYSCALL>;

export function verdictOf(action: string): Verdict {
  return ACTIONS[action] ?? 'deny';
}

/**
 * The entries of `syscalls` on a machine that Docker calls `machine` (amd64). An entry with arguments, or one that is for
 * certain capabilities or kernels only, is conditional whatever its action.
 */
export function entriesOf(syscalls: readonly Syscall[], machine: string | undefined): readonly Entry[] {
  return syscalls.flatMap((syscall) => {
    const { name, names, action, includes, excludes } = syscall;
    if (includes?.arches?.length && !includes.arches.includes(machine ?? '')) return [];
    if (machine !== undefined && excludes?.arches?.includes(machine)) return [];
    const verdict = isConditional(syscall) ? 'conditional' : verdictOf(action);
    return [...(name ? [name] : []), ...(names ?? [])].map((call) => ({ call, verdict }));
  });
}

function isConditional({ args, includes, excludes }: Syscall): boolean {
  return (
    some(args) || some(includes?.caps) || some(excludes?.caps) || Boolean(includes?.minKernel ?? excludes?.minKernel)
  );
}

function some(list: readonly unknown[] | null | undefined): boolean {
  return (list?.length ?? 0) > 0;
}

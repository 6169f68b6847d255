import { z } from 'zod';
import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { checked, parseJson } from './document.ts';
import { type Filter, namedFilter, type Verdict } from './filter.ts';

const PLAIN: Readonly<Record<string, Verdict>> = {
  allow: 'allow',
  log: 'allow',
  kill_process: 'deny',
  kill_thread: 'deny',
  trap: 'deny',
};

const ACTION = z.union([z.enum(Object.keys(PLAIN)), z.object({ errno: z.number() }), z.object({ trace: z.number() })]);

const FILTER = z.object({
  mismatch_action: ACTION.optional(),
  default_action: ACTION.optional(),
  match_action: ACTION.optional(),
  filter_action: ACTION.optional(),
  filter: z.array(z.object({ syscall: z.string(), args: z.array(z.unknown()).nullish() })),
});

/**
 * JSON of rust-vmm's seccompiler, or Firecracker's with its older names of the actions. Of several filters, each for threads of
 * its own, nobody can say which one a call would have met.
 */
export function readSeccompiler(text: string, native: AbiName): Filter {
  const filters = Object.entries(checked(z.record(z.string(), FILTER), parseJson(text)));
  const [first] = filters;
  if (!first || filters.length > 1) throw new UsageError(`${filters.length} filters: want one`);
  const [name, { mismatch_action, default_action, match_action, filter_action, filter }] = first;
  const [otherwise, matched] = [mismatch_action ?? default_action, match_action ?? filter_action];
  if (otherwise === undefined || matched === undefined)
    throw new UsageError(`${name}: want mismatch_action and match_action`);
  return namedFilter({
    entries: filter.map(({ syscall, args }) => ({
      call: syscall,
      verdict: args?.length ? 'conditional' : verdictOf(matched),
    })),
    otherwise: verdictOf(otherwise),
    abis: new Set([native]),
    elsewhere: 'deny',
  });
}

function verdictOf(action: z.output<typeof ACTION>): Verdict {
  if (typeof action === 'string') return PLAIN[action] ?? 'deny';
  return 'errno' in action ? 'deny' : 'conditional';
}

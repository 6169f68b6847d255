import { decide } from '../app/decide/decide.ts';
import { quoted } from '../app/quoted.ts';
import { UsageError } from '../errors.ts';
import { findLogin } from '../launch/login.ts';
import type { Decision } from '../profile/decision.ts';
import { printable } from '../record/name.ts';
import { openStore, requireFile } from '../store/open.ts';
import { type Context, EXIT, type Outcome } from './command.ts';
import { databaseOf } from './options.ts';
import { programNames } from './program-name.ts';
import type { DECIDE_OPTIONS } from './usage/decide.ts';
import type { ArgsOf } from './usage.ts';
import { visible } from './visible.ts';

interface DecideUsage {
  readonly synopsis: string;
  readonly describe: string;
  readonly examples: readonly [];
  readonly options: typeof DECIDE_OPTIONS;
}

export type DecideArgs = ArgsOf<DecideUsage> & { readonly call: readonly string[] };

/** `allow` and `deny`: keeps a person's word, or takes it back. */
export function decideFrom(verdict: Decision['verdict'], args: DecideArgs, context: Context): Outcome {
  const { exe, call: calls, stage, remove, why, db } = args;
  if (exe === undefined) throw new UsageError(`${verdict}: want --exe PROGRAM`);
  if (why === undefined && !remove) throw new UsageError(`${verdict}: want --why "the reason"`);
  const database = databaseOf(db, context.env);
  requireFile(database);
  const store = openStore(database);
  try {
    const decided = decide(store, {
      verdict,
      exe: programNames(exe),
      calls,
      stage,
      ...findLogin(),
      nowMs: context.nowMs(),
      why: remove || why === undefined ? undefined : printable(why),
      again: db === undefined ? '' : `--db ${quoted(db)} `,
    });
    const done = remove ? `no longer ${PAST[verdict]}` : PAST[verdict];
    context.stderr.write(`${visible(`${decided.exe}: ${done} by hand: ${decided.calls.join(', ')}`)}
`);
    return EXIT.ok;
  } finally {
    store.close();
  }
}

const PAST = { allow: 'allowed', deny: 'denied' } as const;

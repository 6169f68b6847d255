import { hostname } from 'node:os';
import { importLog } from '../app/import/import.ts';
import { quoted } from '../app/quoted.ts';
import { type PolicyAnswer, type PolicyRequest, suggestPolicy } from '../app/suggest/policy.ts';
import { policyPatch } from '../app/suggest/policy-patch.ts';
import type { Transition } from '../apparmor/rule.ts';
import { RefusedError, UsageError } from '../errors.ts';
import { printable } from '../record/name.ts';
import { profileText, rulesText } from '../render/apparmor.ts';
import { policyJson } from '../render/apparmor-json.ts';
import { policyObjections, policyRemarks } from '../render/apparmor-remarks.ts';
import { NoStoreError, openMemoryStore, openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Context, EXIT, type Outcome } from './command.ts';
import { importText } from './import-text.ts';
import { databaseOf } from './options.ts';
import { painter } from './paint.ts';
import { refuse } from './refuse.ts';
import { ruleTable } from './rule-table.ts';
import type { usage } from './usage/suggest.ts';
import type { ArgsOf } from './usage.ts';
import { visible } from './visible.ts';

type Args = ArgsOf<typeof usage>;

const SECCOMP_OPTIONS = [
  'exe',
  'stage',
  'point',
  'closure',
  'name',
  'run',
  'no-children',
  'abi',
  'format',
  'action',
  'try',
].map((name) => ({ name }));
const TRANSITIONS: Readonly<Record<'ix' | 'px' | 'cx' | 'ux', Transition>> = { ix: 'ix', px: 'Px', cx: 'Cx', ux: 'Ux' };

/** `suggest --kind apparmor`: the rules on standard output, what is to know of them on standard error. */
export async function runAppArmor(args: Args, context: Context): Promise<Outcome> {
  const request = requestOf(args);
  const answer = await answerOf(args, request, context);
  const { stderr } = context;
  const paint = painter(stderr, context.env);
  for (const { kind, text } of policyRemarks(answer))
    stderr.write(`${kind === 'warning' ? paint.yellow('warning: ') : ''}${visible(text)}\n`);
  if (args.evidence) stderr.write(ruleTable(answer.suggestion, stderr.isTTY ? (stderr.columns ?? 80) : undefined));
  const against = args.strict ? policyObjections(answer) : [];
  if (against.length > 0) throw new RefusedError(`--strict: ${against.join('; ')}`);
  context.stdout.write(textOf(args, answer));
  return EXIT.ok;
}

function requestOf(args: Args): PolicyRequest {
  refuse(args, SECCOMP_OPTIONS, 'goes with --kind seccomp');
  const { profile, output = 'profile', file, mode, abstractions, deny, from, db, trust, exec } = args;
  if (profile === undefined) throw new UsageError('--kind apparmor: want --profile; see profiler suggest --help');
  if ((output === 'patch') !== (file !== undefined)) throw new UsageError('--output patch and --file go together');
  if (mode !== undefined && output !== 'profile') throw new UsageError('--mode goes with --output profile');
  if (abstractions && deny) throw new UsageError('--abstractions does not go with --deny: an include allows');
  if (from !== undefined && db !== undefined) throw new UsageError('--from does not go with --db');
  const source = from === undefined ? '' : `--from ${quoted(from)} `;
  return {
    profile: printable(profile),
    trust: trust ?? 'file',
    scope: output === 'profile' && !deny ? 'whole' : 'lacking',
    transition: TRANSITIONS[exec ?? 'ix'],
    glob: args.glob === true,
    addresses: args.addresses === true,
    abstractions: abstractions === true,
    again: db === undefined ? source : `--db ${quoted(db)} `,
  };
}

async function answerOf(args: Args, request: PolicyRequest, context: Context): Promise<PolicyAnswer> {
  const store = args.from === undefined ? stored(args, context) : await read(args.from, args, context);
  try {
    return suggestPolicy(store, request);
  } finally {
    store.close();
  }
}

function stored({ db }: Args, { env }: Context): Store {
  try {
    return openStore(databaseOf(db, env), { readonly: true });
  } catch (error) {
    if (!(error instanceof NoStoreError)) throw error;
    throw new RefusedError(`${error.message}; import a log, run the daemon, or name a log by --from`, { cause: error });
  }
}

/** A log alone, kept nowhere; its own faults are told as by import. */
async function read(source: string, { trust }: Args, context: Context): Promise<Store> {
  const store = openMemoryStore();
  const { stdin, nowMs, signal, stderr } = context;
  const request = { source, carrier: undefined, trust: undefined, localHost: hostname() };
  const world = { store, stdin, nowMs, signal, uid: process.getuid?.() ?? 0, progress: () => undefined };
  const report = await importLog(request, world);
  const told = trust === 'forgeable' ? { ...report, added: { ...report.added, forgeable: 0 } } : report;
  for (const line of importText(told)) stderr.write(`${visible(line)}\n`);
  if (report.error === undefined && !report.interrupted) return store;
  store.close();
  throw new RefusedError(`${source}: was not read to its end: no rule is made of a part`);
}

function textOf({ json, output, mode = 'enforce', deny = false, file }: Args, answer: PolicyAnswer): string {
  const { suggestion } = answer;
  const text =
    output === 'patch' && file !== undefined
      ? policyPatch(suggestion, file, deny)
      : output === 'rules'
        ? rulesText(suggestion, deny)
        : profileText(suggestion, { mode, deny });
  return json ? `${JSON.stringify(policyJson(answer, text, deny), undefined, 2)}\n` : text;
}

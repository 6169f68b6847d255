import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { printable } from '../record/name.ts';
import { type Entry, type Filter, namedFilter, type Verdict } from './filter.ts';

/** Actions that a whole rule may be (minijail's compile_seccomp_policy.py); a number is `1` alone. */
const ACTIONS: Readonly<Record<string, Verdict>> = {
  '1': 'allow',
  allow: 'allow',
  log: 'allow',
  kill: 'deny',
  'kill-process': 'deny',
  'kill-thread': 'deny',
  trap: 'deny',
  trace: 'conditional',
  'user-notify': 'conditional',
};

/** A minijail policy: `name: 1`, `{a, b}: 1`, `name: arg0 == 1 || arg1 in 0x3; return EPERM`, with joined lines and comments. */
export function readMinijail(text: string, native: AbiName): Filter {
  let otherwise: Verdict = 'deny';
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const { rule, line } of lines(text)) {
    const [, verdict] = /^@default\s+(\S+)$/.exec(rule) ?? [];
    if (rule.startsWith('@frequency')) continue;
    if (rule.startsWith('@include'))
      throw new UsageError(`line ${line}: @include is not followed: want one whole file`);
    if (verdict !== undefined) otherwise = actionOf(verdict, line);
    else {
      for (const entry of entriesOf(rule, line)) {
        if (seen.has(entry.call)) throw new UsageError(`line ${line}: ${printable(entry.call)}: is there twice`);
        seen.add(entry.call);
        entries.push(entry);
      }
    }
  }
  return namedFilter({ entries, otherwise, abis: new Set([native]), elsewhere: 'deny' });
}

function* lines(text: string): Generator<{ readonly rule: string; readonly line: number }> {
  let joined = '';
  for (const [index, raw] of text.split('\n').entries()) {
    const bare = raw.trim();
    if (joined === '' && (bare === '' || bare.startsWith('#'))) continue;
    joined += bare.endsWith('\\') ? `${bare.slice(0, -1)} ` : bare;
    if (bare.endsWith('\\')) continue;
    yield { rule: joined, line: index + 1 };
    joined = '';
  }
  if (joined !== '') yield { rule: joined, line: text.split('\n').length };
}

const RULE = /^(\{[^}]*\}|\w+)\s*:\s*(.+)$/s;
const ATOM = /^arg[0-5]\s*(?:==|!=|<=|>=|<|>|&|in)\s*\S.*$/;

function entriesOf(rule: string, line: number): readonly Entry[] {
  const [, call = '', body = ''] = RULE.exec(rule) ?? [];
  const calls = call
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((name) => name.trim());
  if (calls.some((name) => !/^\w+$/.test(name)))
    throw new UsageError(`line ${line}: want NAME: 1, or NAME: EXPRESSION`);
  const verdict = bodyVerdict(body.trim(), line);
  return calls.map((name) => ({ call: name, verdict }));
}

function bodyVerdict(body: string, line: number): Verdict {
  if (/^return\s+\w+$/.test(body)) return 'deny';
  if (/^[\w-]+$/.test(body)) return actionOf(body, line);
  const [expression = '', ...rest] = body.split(';').map((part) => part.trim());
  const atoms = expression.split(/\|\||&&/).map((atom) => atom.trim());
  if (
    !atoms.every((atom) => ATOM.test(atom)) ||
    rest.length > 1 ||
    rest.some((part) => !/^return\s+\w+$|^[\w-]+$/.test(part))
  )
    throw new UsageError(`line ${line}: ${printable(body)}: want 1, an action, or conditions on arg0 to arg5`);
  return 'conditional';
}

function actionOf(word: string, line: number): Verdict {
  const verdict = ACTIONS[word];
  if (verdict === undefined)
    throw new UsageError(`line ${line}: ${printable(word)}: want 1 or ${Object.keys(ACTIONS).slice(1).join(', ')}`);
  return verdict;
}

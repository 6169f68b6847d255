import { callOf } from '../profile/complete.ts';
import type { Manual, Profile, Refused, Rule } from '../profile/profile.ts';
import type { Remark } from './evidence.ts';
import { plural, someNames } from './words.ts';

/** What of a list nobody saw, by whose word or rule it is there, and what might be added: a list never grows silently. */
export function additions(profile: Profile): readonly Remark[] {
  return [
    ...translated(profile),
    ...allowed(profile),
    ...profile.refused.map(denied),
    ...closed(profile),
    ...injected(profile),
    ...offered(profile),
  ];
}

function translated({ policy, translation }: Profile): Remark[] {
  if (!translation) return [];
  const { abi, untranslated } = translation;
  const lost = untranslated.map(({ name, why }) => `${name} (${why})`).join(', ');
  return [
    { kind: 'warning', text: `seen on ${abi} and translated to ${policy.abi}: no run has shown it there` },
    ...(lost === '' ? [] : [{ kind: 'warning' as const, text: `not translated: ${lost}` }]),
  ];
}

function allowed({ rules, granted }: Profile): Remark[] {
  return [...rules, ...granted.map(({ rule }) => rule)].flatMap((rule): Remark[] =>
    rule.reason.kind === 'manual'
      ? [{ kind: 'fact', text: `allowed by hand: ${callOf(rule)} (${wordOf(rule.reason)})` }]
      : [],
  );
}

function denied({ call, reason, seen }: Refused): Remark {
  const told = `denied by hand: ${call} (${wordOf(reason)})`;
  if (!seen) return { kind: 'fact', text: told };
  const runs = seen.runs + seen.newIn;
  return { kind: 'warning', text: `${told}; ${plural(runs, 'run')} made it, and will be killed there` };
}

function wordOf({ who, atMs, why }: Manual): string {
  return `${who}, ${new Date(atMs).toISOString().slice(0, 10)}: ${why}`;
}

/** By rules of the closure: of the point's own there is a line of its own. */
function closed({ policy, rules, granted }: Profile): Remark[] {
  if (policy.closure === 'none') return [];
  const all = [...rules, ...granted.map(({ rule }) => rule)];
  const libc = all.filter(({ reason }) => reason.kind === 'implied' && reason.rule.startsWith('libc/'));
  const variants = all.filter(({ reason }) => reason.kind === 'variant' && reason.rule.startsWith('portable/'));
  const parts = [
    ...(libc.length > 0 ? [`${plural(libc.length, 'call')} that an ordinary run may need: ${byRule(libc)}`] : []),
    ...(variants.length > 0 ? [`${plural(variants.length, 'variant')}: ${someNames(variants.map(callOf))}`] : []),
  ];
  const text = parts.length > 0 ? `adds ${parts.join('; and ')}` : 'adds nothing';
  return [{ kind: 'fact', text: `closure ${policy.closure} ${text}` }];
}

function injected({ policy, rules, granted }: Profile): Remark[] {
  const { point } = policy;
  const own = rules.filter(({ reason }) => reason.kind === 'implied' && reason.rule.startsWith(`${point}/`));
  const [first] = own.map(({ reason }) => (reason.kind === 'implied' ? reason.why : ''));
  const by = granted[0]?.by;
  return [
    ...(first === undefined
      ? []
      : [{ kind: 'fact' as const, text: `point ${point} adds ${someNames(own.map(callOf))}: ${first}` }]),
    ...(by === undefined
      ? []
      : [
          {
            kind: 'fact' as const,
            text: `${by} always allows ${someNames(granted.map(({ rule }) => callOf(rule)))}: left out of the list; an older systemd lacks some, so a drop-in names them too`,
          },
        ]),
  ];
}

function offered({ offered: more }: Profile): Remark[] {
  if (more.length === 0) return [];
  const text = `${plural(more.length, 'more call')} that an ordinary run may need: ${byRule(more)}; --closure libc adds them`;
  return [{ kind: 'fact', text }];
}

/** `abort: getpid, gettid, tgkill; exit: exit`. */
function byRule(rules: readonly Rule[]): string {
  const groups = new Map<string, string[]>();
  for (const rule of rules) {
    const title = rule.reason.kind === 'implied' ? rule.reason.rule.replace(/^.*\//, '') : rule.reason.kind;
    groups.set(title, [...(groups.get(title) ?? []), callOf(rule)]);
  }
  return [...groups].map(([title, names]) => `${names.join(', ')} (${title})`).join('; ');
}

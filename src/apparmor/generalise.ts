import type { Found } from './file-rules.ts';
import type { Pattern } from './pattern.ts';
import { merged } from './rules.ts';

/** Parts of a path that are other ones next time, and what stands for all of them (tunables of AppArmor 3). */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/^\/proc\/[1-9]\d*\/task\/[1-9]\d*(?=\/|$)/, '@{PROC}/@{pid}/task/@{tid}'],
  [/^\/proc\/[1-9]\d*(?=\/|$)/, '@{PROC}/@{pid}'],
  [/^\/(?:home\/[^/]+|root)(?=\/)/, '@{HOME}'],
  [/^((?:\/usr)?\/lib(?:exec)?)\/[a-z0-9_]+-linux-gnu[a-z0-9]*(?=\/)/, '$1/@{multiarch}'],
  [/^\/run\/user\/\d+(?=\/|$)/, '/run/user/@{uid}'],
  [
    /(?<![0-9A-Za-z\\])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])/g,
    Array.from({ length: 5 }, () => '[0-9a-fA-F]*').join('-'),
  ],
  [/(?<=\.so)(?:\.\d+)+$/, '*'],
];
/** What is one sign in a pattern, and a number or a version. */
const TOKEN = /\\[0-7]{3}|\\.|@\{[^}]*\}|\[[^\]]*\]|\d+(?:\.\d+)*/g;
const LETTER = /[A-Za-z]/;

/** The rules for all paths that differ in such parts alone. */
export function generalisedRules(found: readonly Found[]): Found[] {
  return merged(
    found.map(({ rule, evidence }) => {
      if (rule.kind === 'file' || rule.kind === 'exec')
        return { rule: { ...rule, path: generalised(rule.path) }, evidence };
      if (rule.kind !== 'link') return { rule, evidence };
      return { rule: { ...rule, path: generalised(rule.path), target: generalised(rule.target) }, evidence };
    }),
  );
}

/** The same path for all that differ in such parts alone: pids, users, machines, uuids, versions, numbers. */
export function generalised(path: Pattern): Pattern {
  const known = STEPS.reduce((text, [part, sign]) => text.replace(part, sign), path);
  return known.replace(TOKEN, (token, at: number, whole: string) => {
    if (!/^\d/.test(token)) return token;
    // `lib64` and `md5sum` are names; `python3.11` is a version.
    const named = LETTER.test(whole[at - 1] ?? '') && !token.includes('.');
    return named || LETTER.test(whole[at + token.length] ?? '') ? token : '[0-9]*';
  });
}

import type { z } from 'zod';
import { printable } from '../record/name.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong, each with its path and what was wanted: `source[0].carrier: want "audit-log" or "syslog"`. */
export function complaints(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [`${place(issue.path) || 'the file'}: ${wanted(issue)}`];
    return issue.keys.map((key) => `${place([...issue.path, key])}: unknown key`);
  });
}

/** `source[0].path`, as a person writes it who looks for it in the file. */
function place(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return printable(text.replace(/^\./, ''));
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `want ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `want ${either(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'invalid_union':
      return `want ${either(('options' in issue ? (issue.options ?? []) : []).map((value) => JSON.stringify(value)))}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return issue.origin === 'string' ? `want at most ${issue.maximum} characters` : `want at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'starts_with'
        ? 'want a path from the root: "/…"'
        : 'want a time like "12h", "7d" or "4w"';
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a table in double brackets: [[source]]',
  object: 'a table in brackets',
  string: 'text in quotes',
  int: 'a whole number',
  number: 'a number',
};

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'array') return `want at least ${minimum} [[source]]`;
  return origin === 'string' ? 'want text, not ""' : `want at least ${minimum}`;
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

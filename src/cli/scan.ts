import type { Option } from './usage.ts';

interface Scan {
  /** The option whose value comes next. */
  readonly waits?: string;
  /** Index of the first word that is no option or follows `--`. */
  readonly rest?: number;
  /** Value of --db. */
  readonly database: string | undefined;
}

/** Goes over a command's words up to the first that is no option: enough for help and completion, without a parser. */
export function scan(words: readonly string[], options: readonly Option[]): Scan {
  let database: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return { rest: at + 1, database };
    if (!word.startsWith('-')) return { rest: at, database };
    const [, name = '', joined] = /^--?([^=]*)(=.*)?$/s.exec(word) ?? [];
    if (joined !== undefined || !takesValue(name, options)) continue;
    if (at + 1 === words.length) return { waits: name, database };
    at += 1;
    if (name === 'db') database = words[at];
  }
  return { database };
}

/** Whether --help or -h stands among a command's own words, be the others right or wrong; CMD's words are CMD's. */
export function asksForHelp(words: readonly string[], options: readonly Option[], runsCommand: boolean): boolean {
  const end = runsCommand ? scan(words, options).rest : words.indexOf('--') + 1 || undefined;
  return words.slice(0, end).some((word) => /^(--help|-h)(=.*)?$/s.test(word));
}

function takesValue(name: string, options: readonly Option[]): boolean {
  const option = options.find((known) => known.name === name);
  return option !== undefined && option.kind !== 'flag';
}

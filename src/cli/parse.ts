import yargs, { type Argv, type Options as YargsOptions } from 'yargs';
import { messageOf, UsageError } from '../errors.ts';
import { didYouMean } from './nearest.ts';
import type { Row } from './registry.ts';
import type { Option, Usage } from './usage.ts';

/**
 * Reads a command's words into what its run() takes (usage.ts: ArgsOf). Strict: an unknown option is a UsageError that
 * names the nearest known one. Every option stands for itself (`--no-children` is an option of that name), the last of two
 * counts (a list takes all), numbers are numbers.
 */
export async function parseWords(
  { synopsis, options }: Usage,
  row: Pick<Row, 'name' | 'runsCommand'>,
  words: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const parser = parserOf(options, words, row.runsCommand === true);
    const { _, $0: _script, ...args } = await parser.parseAsync();
    const values = single(args, options);
    checkValues(values);
    const rest = _.map(String);
    return { ...values, ...(row.runsCommand ? { cmd: rest } : positionals(synopsis, rest)) };
  } catch (error) {
    const text = error instanceof UsageError ? error.message : complaint(error, options);
    throw new UsageError(`${row.name}: ${text}; see profiler ${row.name} --help`, { cause: error });
  }
}

function parserOf(options: readonly Option[], words: readonly string[], runsCommand: boolean): Argv {
  // Asked for the working directory, Node throws where that is gone; nothing here depends on it.
  const parser = yargs([...words], '/')
    .scriptName('profiler')
    .detectLocale(false)
    .exitProcess(false)
    .help(false)
    .version(false)
    .fail(false)
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'parse-positional-numbers': false,
      'strip-dashed': true,
      // Options up to the first word that is none; the rest is CMD's, untouched, whether or not `--` stands before it.
      'halt-at-non-option': runsCommand,
    });
  return options.reduce((made, option) => made.option(option.name, declaration(option)), parser).strictOptions();
}

const TYPES = { flag: 'boolean', text: 'string', number: 'number', list: 'array' } as const;

function declaration(option: Option): YargsOptions {
  if (option.kind === 'choice') return { choices: option.choices, requiresArg: true };
  // Words of a list stay words.
  return { type: TYPES[option.kind], string: option.kind === 'list', requiresArg: option.kind !== 'flag' };
}

/** Of an option that was given twice the last one counts, but a list takes all. */
function single(args: Readonly<Record<string, unknown>>, options: readonly Option[]): Record<string, unknown> {
  const lists = new Set(options.filter((option) => option.kind === 'list').map((option) => option.name));
  const last = ([name, value]: [string, unknown]): [string, unknown] =>
    Array.isArray(value) && !lists.has(dashed(name)) ? [name, value.at(-1)] : [name, value];
  return Object.fromEntries(Object.entries(args).map(last));
}

/**
 * Words to the names that usage gives them: `<shell>` must be there, `[exe]` may, `<file..>` takes the rest. Not left to
 * yargs, whose own positionals lose what follows `--` and, where the last of two options counts, all words but the last.
 */
function positionals(synopsis: string, words: readonly string[]): Record<string, string | readonly string[]> {
  const left = [...words];
  const found: Record<string, string | readonly string[]> = {};
  for (const [, bracket, name = '', many] of synopsis.matchAll(/([<[])([\w-]+)(\.\.)?[>\]]/g)) {
    const taken = many ? left.splice(0) : left.splice(0, 1);
    if (taken.length === 0 && bracket === '<') throw new UsageError(`want ${name.toUpperCase()}${many ? '…' : ''}`);
    const value = many ? taken : taken[0];
    if (value !== undefined) found[name] = value;
  }
  if (left.length > 0) throw new UsageError(`unexpected word ${left[0]}`);
  return found;
}

function checkValues(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    if (Number.isNaN(value)) throw new UsageError(`--${dashed(name)}: want a number`);
    if ([value].flat().includes('')) throw new UsageError(`--${dashed(name)}: want a word that is not empty`);
  }
}

/** yargs' own words, on one line and with the nearest option beside an unknown one. */
function complaint(error: unknown, options: readonly Option[]): string {
  const text = messageOf(error);
  const unknown = /^Unknown arguments?: (.*)$/.exec(text)?.[1]?.split(', ') ?? [];
  if (unknown.length === 0) return text.replace(/\s*\n\s*/g, ' ');
  const names = [...options.map((option) => option.name), 'help'];
  return [...new Set(unknown.map(dashed))].map((name) => unknownOption(name, names)).join('; ');
}

function unknownOption(name: string, names: readonly string[]): string {
  const shown = name.length === 1 ? `-${name}` : `--${name}`;
  return `unknown option ${shown}${didYouMean(
    shown,
    names.map((known) => `--${known}`),
  )}`;
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

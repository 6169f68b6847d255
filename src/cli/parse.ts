import yargs, { type Argv } from 'yargs';
import { messageOf, UsageError } from '../errors.ts';
import { columns } from './columns.ts';
import type { Command } from './command.ts';
import { didYouMean } from './nearest.ts';
import type { Row } from './registry.ts';

type Parsed =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'args'; readonly args: Readonly<Record<string, unknown>> };

/** What yargs was told of a command's options: for suggestions and for completion. */
export interface KnownOptions {
  readonly names: readonly string[];
  readonly takesValue: (name: string) => boolean;
  readonly choices: (name: string) => readonly string[];
}

/**
 * Reads a command's words, or gives its help. Strict: an unknown option is a UsageError that names the nearest known one.
 * Every option stands for itself (`--no-children` is an option of that name), the last of two counts, numbers are numbers.
 */
export async function parseWords(
  command: Command<never>,
  row: Row,
  words: readonly string[],
  width: number | undefined,
): Promise<Parsed> {
  const parser = parserOf(command, row, words).wrap(Math.min(width ?? 100, 120));
  try {
    const { _, $0: _script, ...args } = await parser.parseAsync();
    if (args['help'] === true) return { kind: 'help', text: await helpText(parser, command) };
    checkValues(args);
    const rest = _.map(String);
    return { kind: 'args', args: { ...args, ...(row.runsCommand ? { cmd: rest } : positionals(command.usage, rest)) } };
  } catch (error) {
    if (askedForHelp(parser)) return { kind: 'help', text: await helpText(parser, command) };
    const text = error instanceof UsageError ? error.message : complaint(error, parser);
    throw new UsageError(`${row.name}: ${text}; see profiler ${row.name} --help`, { cause: error });
  }
}

/** The options of a command as yargs knows them. */
export function knownOptions(command: Command<never>): KnownOptions {
  return readOptions(common(command.options(yargs([]))));
}

function parserOf(command: Command<never>, row: Row, words: readonly string[]): Argv {
  const parser = yargs([...words])
    .scriptName('profiler')
    .detectLocale(false)
    .exitProcess(false)
    .help(false)
    .version(false)
    .fail(false)
    .usage(`profiler ${command.usage}\n\n${command.describe}`)
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
      'strip-dashed': true,
      // Options up to the first word that is none; the rest is CMD's, untouched, whether or not `--` stands before it.
      'halt-at-non-option': row.runsCommand === true,
    });
  return common(command.options(parser)).strictOptions();
}

/**
 * Words to the names that usage gives them: `<shell>` must be there, `[exe]` may, `<file..>` takes the rest. Not left to
 * yargs, whose own positionals lose what follows `--` and, where the last of two options counts, all words but the last.
 */
function positionals(usage: string, words: readonly string[]): Record<string, string | readonly string[]> {
  const left = [...words];
  const found: Record<string, string | readonly string[]> = {};
  for (const [, bracket, name = '', many] of usage.matchAll(/([<[])([\w-]+)(\.\.)?[>\]]/g)) {
    const taken = many ? left.splice(0) : left.splice(0, 1);
    if (taken.length === 0 && bracket === '<') throw new UsageError(`want ${name.toUpperCase()}${many ? '…' : ''}`);
    const value = many ? taken : taken[0];
    if (value !== undefined) found[name] = value;
  }
  if (left.length > 0) throw new UsageError(`unexpected word ${left[0]}`);
  return found;
}

function common(parser: Argv): Argv {
  return parser.option('help', { alias: 'h', type: 'boolean', describe: 'show this help' });
}

async function helpText(parser: Argv, command: Command<never>): Promise<string> {
  const examples = columns(command.examples.map(([line, what]): [string, string] => [line, what]));
  return `${(await parser.getHelp()).trimEnd()}\n\nExamples:\n${examples}\n`;
}

function askedForHelp(parser: Argv): boolean {
  return (
    parser.parsed !== false && Object.entries(parser.parsed.argv).some(([name, on]) => name === 'help' && on === true)
  );
}

function checkValues(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    if (Number.isNaN(value)) throw new UsageError(`--${dashed(name)}: want a number`);
  }
}

/** yargs' own words, on one line and with the nearest option beside an unknown one. */
function complaint(error: unknown, parser: Argv): string {
  const text = messageOf(error);
  const unknown = /^Unknown arguments?: (.*)$/.exec(text)?.[1]?.split(', ') ?? [];
  if (unknown.length === 0) return text.replace(/\s*\n\s*/g, ' ');
  const names = readOptions(parser).names;
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

/** getOptions() is yargs' own table of what was declared; its type is left out of @types/yargs. */
function readOptions(parser: Argv): KnownOptions {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const table = (parser as unknown as { getOptions(): Table }).getOptions();
  return {
    names: Object.keys(table.key).filter((name) => name.length > 1 && name !== 'version'),
    takesValue: (name) => !table.boolean.includes(name) && !table.count.includes(name),
    choices: (name) => table.choices[name] ?? [],
  };
}

interface Table {
  readonly key: Readonly<Record<string, unknown>>;
  readonly boolean: readonly string[];
  readonly count: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

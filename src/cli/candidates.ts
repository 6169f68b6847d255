import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Context } from './command.ts';
import { databaseOf } from './options.ts';
import { findRow, REGISTRY, type Row } from './registry.ts';
import { scan } from './scan.ts';
import type { Option } from './usage.ts';

/** The shell completes file names itself. */
const FILES = [':files'];

/**
 * Candidates for the last of the words that follow `profiler`: commands, options, values of options. Values of --exe and
 * --name come from the database. `:files` and `:command N` leave it to the shell: the latter where CMD begins at word N
 * of the whole line, which begins at 0.
 */
export async function candidates(words: readonly string[], env: Context['env']): Promise<readonly string[]> {
  const [name = '', ...rest] = words;
  if (rest.length === 0 || (name === 'help' && rest.length === 1)) {
    return startingWith(words.at(-1) ?? '', [...REGISTRY.map((row) => row.name), 'help', '--help', '--version']);
  }
  const row = findRow(name);
  return row ? forCommand(row, rest, env) : [];
}

async function forCommand(row: Row, words: readonly string[], env: Context['env']): Promise<readonly string[]> {
  const { options } = (await row.usage()).usage;
  const current = words.at(-1) ?? '';
  const before = scan(words.slice(0, -1), options);
  if (row.runsCommand && before.rest !== undefined) return [`:command ${before.rest + 2}`];
  const [, option, value] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (option !== undefined && value !== undefined) {
    const values = startingWith(value, await valuesOf(option, options, before.database, env));
    return values.filter((found) => !FILES.includes(found)).map((found) => `--${option}=${found}`);
  }
  if (before.waits !== undefined) {
    const values = await valuesOf(before.waits, options, before.database, env);
    return values === FILES ? FILES : startingWith(current, values);
  }
  if (current.startsWith('-')) {
    return startingWith(current, [
      ...options.filter((known) => !known.hidden).map((known) => `--${known.name}`),
      '--help',
    ]);
  }
  if (row.runsCommand) return [`:command ${words.length + 1}`];
  return row.name === 'completion' ? startingWith(current, ['bash', 'zsh', 'fish']) : FILES;
}

async function valuesOf(
  option: string,
  options: readonly Option[],
  database: string | undefined,
  env: Context['env'],
): Promise<readonly string[]> {
  const known = options.find(({ name }) => name === option);
  if (known?.kind === 'choice') return known.choices;
  if (option === 'pid') return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  if (option !== 'exe' && option !== 'name' && option !== 'profile') return FILES;
  const { learned } = await import('../app/suggest/learned.ts');
  const { exes, names, profiles } = learned(databaseOf(database, env));
  if (option === 'profile') return profiles.filter(isPlain);
  const found = option === 'name' ? names : exes.flatMap((exe) => [path.basename(exe), exe]);
  return found.filter(isPlain);
}

/** A name comes from a log or a person: on a command line only what needs no quoting in any shell may be put. */
function isPlain(name: string): boolean {
  return /^[\w./+:@%,][\w./+:@%,-]*$/.test(name);
}

function startingWith(prefix: string, values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value.startsWith(prefix)).sort();
}

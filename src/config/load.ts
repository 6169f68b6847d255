import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { errnoOf, messageOf, UsageError } from '../errors.ts';
import { complaints } from './complaints.ts';
import { CONFIG, type Config, type SourceConfig } from './schema.ts';

/** A file that is no configuration: every fault on a line of its own, the first in the message. */
export class ConfigError extends UsageError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options: { readonly cause?: unknown } = {}) {
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more: ${faults.slice(1).join('; ')})` : '';
    super(`${faults[0] ?? 'no configuration'}${more}`, options);
    this.faults = faults;
  }
}

/** Reads and checks the daemon's configuration. Throws a ConfigError that says where, what, and what was wanted. */
export function loadConfig(path: string): Config {
  return parseConfig(read(path), basename(path));
}

/** `name` stands before every fault. */
export function parseConfig(text: string, name: string): Config {
  const parsed = CONFIG.safeParse(parseToml(text, name));
  if (!parsed.success) throw new ConfigError(complaints(parsed.error.issues).map((fault) => `${name}: ${fault}`));
  const twice = repeated(parsed.data.source.map(nameOf));
  if (twice !== undefined) throw new ConfigError([`${name}: source: ${twice} stands twice, want each source once`]);
  return parsed.data;
}

/** What is read by one source: two of them would count the same records. */
function nameOf(source: SourceConfig): string {
  if (source.kind === 'file') return `file ${source.path}`;
  return source.kind === 'journal' && source.directory !== undefined ? `journal ${source.directory}` : source.kind;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: copy config/profiler.toml there, or name another by --config',
  EACCES: 'may not be read by this user: use sudo, or name another by --config',
  EISDIR: 'is a directory, want a file',
};

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${path}: ${REASONS[errnoOf(error) ?? ''] ?? messageOf(error)}`], { cause: error });
  }
}

function parseToml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = messageOf(error).split('\n', 1)[0] ?? '';
    throw new ConfigError([`${name}:${error.line}:${error.column}: ${what.replace(/^Invalid TOML document: /, '')}`], {
      cause: error,
    });
  }
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

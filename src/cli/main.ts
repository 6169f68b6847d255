import { UsageError } from '../errors.ts';
import { type Context, EXIT, type Outcome } from './command.ts';
import { commandHelp } from './command-help.ts';
import { topHelp } from './help.ts';
import { didYouMean } from './nearest.ts';
import { painter } from './paint.ts';
import { findRow, REGISTRY } from './registry.ts';
import { asksForHelp } from './scan.ts';
import { version } from './version.ts';
import { visible } from './visible.ts';
import { textWidth } from './wrap.ts';

const COMMANDS = REGISTRY.map((row) => row.name);

/**
 * Runs `profiler WORDS…`. Loads no more than what was asked for: any help, the version and an unknown command need
 * neither the parser nor the store. Throws UsageError for a person's mistake.
 */
export async function main(words: readonly string[], context: Context): Promise<Outcome> {
  const [first, ...rest] = words;
  if (first === undefined) {
    context.stderr.write(topHelp(textWidth(context.stderr)));
    return EXIT.usage;
  }
  if (first === '--version') return say(context, `${version()}\n`);
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0))
    return say(context, topHelp(textWidth(context.stdout)));
  if (first === 'help') return main([...rest.slice(0, 1), '--help'], context);
  if (first === '__complete') return complete(rest, context);
  if (first.startsWith('-')) throw new UsageError(`unknown option ${first}${hint(first, ['--help', '--version'])}`);
  const row = findRow(first);
  if (!row) throw new UsageError(`unknown command ${first}${hint(first, COMMANDS)}`);
  const { usage } = await row.usage();
  if (asksForHelp(rest, usage.options, row.runsCommand === true))
    return say(context, commandHelp(usage, textWidth(context.stdout)));
  const { parseWords } = await import('./parse.ts');
  const args = await parseWords(usage, row, rest);
  if (row.runsCommand) warnOfChange(context);
  const { run } = await row.load();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parseWords() holds the words to the usage, which ArgsOf is made from
  return run(args as never, context);
}

function say(context: Context, text: string): Outcome {
  context.stdout.write(text);
  return EXIT.ok;
}

function warnOfChange({ stderr, env, changedVariables }: Context): void {
  const names = changedVariables();
  if (names.length === 0) return;
  const told = `not valid UTF-8, and reach CMD changed: ${names.map(visible).join(', ')}`;
  stderr.write(`${painter(stderr, env).yellow('warning:')} variables that are ${told}\n`);
}

function hint(word: string, candidates: readonly string[]): string {
  return didYouMean(word, candidates) || '; see profiler --help';
}

/** For the scripts that `profiler completion` prints: `profiler __complete -- WORDS…`. */
async function complete(words: readonly string[], context: Context): Promise<Outcome> {
  const { candidates } = await import('./candidates.ts');
  const found = await candidates(words[0] === '--' ? words.slice(1) : words, context.env);
  return say(context, found.map((candidate) => `${candidate}\n`).join(''));
}

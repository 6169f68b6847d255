import { inspect } from 'node:util';
import { messageOf, RefusedError, UsageError } from '../errors.ts';
import { EXIT } from './command.ts';

interface Failure {
  /** One line for the person, and the stack where it was asked for. */
  readonly text: string;
  readonly exitCode: number;
}

/**
 * What to say and how to end after an error. `ownCode` stands for every failure of a command that passes on another
 * program's status (125). PROFILER_DEBUG=1 shows the whole error with its causes.
 */
export function describeFailure(
  error: unknown,
  options: { readonly ownCode: number | undefined; readonly debug: { readonly PROFILER_DEBUG?: string } },
): Failure {
  const debug = options.debug.PROFILER_DEBUG === '1';
  const message = oneLine(messageOf(error));
  const foreseen = error instanceof UsageError || error instanceof RefusedError;
  const hint = foreseen || debug ? '' : ' (PROFILER_DEBUG=1 shows where)';
  const stack = debug ? `${inspect(error)}\n` : '';
  return { text: `profiler: ${message}${hint}\n${stack}`, exitCode: exitCodeOf(error, options.ownCode) };
}

function exitCodeOf(error: unknown, ownCode: number | undefined): number {
  if (error instanceof RefusedError && error.exitCode !== EXIT.failed) return error.exitCode;
  return ownCode ?? (error instanceof UsageError ? EXIT.usage : EXIT.failed);
}

/** A message can carry what a person typed or a file held: no control character of it reaches the terminal. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

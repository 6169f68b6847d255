import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { printable } from '../record/name.ts';

/** No profile that a person or a tool wrote comes near these. */
const LARGEST = 16 * 1024 * 1024;
const DEEPEST = 64;

/** Throws UsageError for a document that is larger than any profile. */
export function checkSize(bytes: Uint8Array): void {
  if (bytes.length > LARGEST) throw new UsageError(`${bytes.length} bytes: want a profile of at most ${LARGEST}`);
}

/** The text of a document; throws UsageError where it is not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError('want text in UTF-8', { cause: error });
  }
}

/** Throws UsageError where brackets (JSON's, or those of YAML's flow style) are nested deeper than in any profile. */
export function checkDepth(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > DEEPEST) throw new UsageError(`brackets are nested deeper than ${DEEPEST}`);
  }
}

/** Throws UsageError with the place where the text is no JSON. */
export function parseJson(text: string): unknown {
  checkDepth(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`no JSON: ${printable(error instanceof Error ? error.message : String(error))}`, {
      cause: error,
    });
  }
}

/** A value that a schema describes; throws UsageError with the first fault's path: `syscalls[3].action: …`. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, within = ''): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UsageError(
    printable(`${place(within, issue?.path ?? []) || 'the document'}: ${issue?.message ?? 'is not right'}`),
  );
}

function place(within: string, path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${within}${text}`.replace(/^\./, '');
}

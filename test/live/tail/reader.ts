/**
 * Follows LOG and appends to BOOK one line for each batch: the cursor and the numbers read, written in one go. Started
 * again it drops a torn last line and goes on after the last whole one. Usage: reader LOG BOOK
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tailFile } from '../../../src/source/tail/tail-file.ts';

const [log = '', book = ''] = process.argv.slice(2);

const text = existsSync(book) ? readFileSync(book, 'utf8') : '';
const whole = text.slice(0, text.lastIndexOf('\n') + 1);
if (whole.length < text.length) writeFileSync(book, whole);
const last = whole.trimEnd().split('\n').at(-1);
const from = last ? (JSON.parse(last) as { cursor: string }).cursor : undefined;

const warn = (warning: string): void => {
  appendFileSync(`${book}.warnings`, `${warning}\n`);
};
for await (const { chunk, cursor, losses } of tailFile(log, { warn, sinceMs: 0 }).batches(
  from,
  new AbortController().signal,
)) {
  const lines = chunk.toString('latin1').split('\n');
  const rest = lines.pop();
  const numbers = lines.map((line) => /^n=(\d+) x* n=\1$/.exec(line)?.[1]);
  const bad = lines.filter((_, at) => numbers[at] === undefined);
  if (rest) bad.push(rest);
  appendFileSync(book, `${JSON.stringify({ cursor, numbers: numbers.filter(Boolean).map(Number), bad, losses })}\n`);
}

import { wrap } from './wrap.ts';

/** The second column is not made narrower than this: it goes below the first instead. */
const NARROW = 28;

/** Two columns, the second lined up and broken so that lines fit `width`; undefined: nothing is broken. */
export function columns(rows: readonly (readonly [string, string])[], width = Number.POSITIVE_INFINITY): string {
  const left = Math.max(...rows.map(([first]) => first.length));
  const room = width - left - 4;
  if (room < NARROW) return rows.map(([first, second]) => below(first, wrap(second, width - 6))).join('\n');
  return rows
    .map(([first, second]) => `  ${first.padEnd(left)}  ${wrap(second, room).join(`\n${' '.repeat(left + 4)}`)}`)
    .join('\n');
}

function below(first: string, lines: readonly string[]): string {
  return [`  ${first}`, ...lines.map((line) => `      ${line}`)].join('\n');
}

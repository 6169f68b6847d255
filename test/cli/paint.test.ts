import { expect, test } from 'vitest';
import { painter } from '../../src/cli/paint.ts';

test.for([
  { isTTY: true, env: {}, coloured: true },
  { isTTY: true, env: { NO_COLOR: '' }, coloured: true },
  { isTTY: true, env: { NO_COLOR: '1' }, coloured: false },
  { isTTY: true, env: { TERM: 'dumb' }, coloured: false },
  { isTTY: false, env: {}, coloured: false },
])('isTTY $isTTY, $env: colours $coloured', ({ isTTY, env, coloured }) => {
  const paint = painter({ write: () => undefined, isTTY, columns: undefined }, env);
  expect(paint.red('x')).toBe(coloured ? '\x1b[31mx\x1b[39m' : 'x');
});

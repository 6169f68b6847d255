import type { Context, Terminal } from './command.ts';

type Paint = (text: string) => string;

export interface Painter {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly red: Paint;
}

/** Colours on a terminal that can show them, unless NO_COLOR is set (no-color.org); plain text everywhere else. */
export function painter(terminal: Terminal, env: Context['env']): Painter {
  const on = terminal.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const sgr = (begin: number, end: number): Paint =>
    on ? (text) => `\x1b[${begin}m${text}\x1b[${end}m` : (text) => text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), green: sgr(32, 39), yellow: sgr(33, 39), red: sgr(31, 39) };
}

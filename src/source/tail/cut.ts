import { LINE_BYTES } from '../../record/lines.ts';

const NEWLINE = 0x0a;
/** Fewer zeros amid a line are somebody's text; a crash leaves the rest of a block. */
const HOLE_BYTES = 16;
const HOLE = Buffer.alloc(HOLE_BYTES);

export interface Cut {
  /** How many of the bytes are gone past. */
  readonly length: number;
  /** What of them is passed on. */
  readonly chunk: Buffer;
  /** Their last line goes on: it is too long to wait for its end. */
  readonly within: boolean;
  /** Zero bytes where a crash lost what stood there. */
  readonly hole: number;
}

export interface Beginning {
  /** The bytes begin amid a line that is too long. */
  readonly within: boolean;
  /** The beginning of that line was not passed on in this life: its rest is not either. */
  readonly skip: boolean;
  /** There is more in the file after the bytes. */
  readonly more: boolean;
}

/**
 * Takes the whole lines from the beginning of `bytes`, and a half one where it is over 64 KiB. Zeros at the beginning of
 * a line are left out: what follows is the first line after a crash. Amid a line they stay, and the reader rejects the
 * line: to make two of it would let a line's text pass for a line. Zeros at the end may be filled yet: they wait.
 */
export function cut(bytes: Buffer, { within, skip, more }: Beginning): Cut {
  const last = bytes.lastIndexOf(NEWLINE);
  if (last >= 0) {
    const from = within && skip ? bytes.indexOf(NEWLINE) + 1 : 0;
    return { length: last + 1, within: false, ...withoutHoles(bytes.subarray(from, last + 1), within && !skip) };
  }
  if (bytes.length <= LINE_BYTES) return NOTHING;
  const zeros = leadingZeros(bytes, 0);
  if (zeros === bytes.length && !more) return NOTHING;
  if (zeros === bytes.length && !within) return { length: zeros, chunk: NONE, within, hole: zeros };
  return { length: bytes.length, chunk: within && skip ? NONE : bytes, within: true, hole: 0 };
}

const NONE = Buffer.alloc(0);
const NOTHING: Cut = { length: 0, chunk: NONE, within: false, hole: 0 };

function withoutHoles(lines: Buffer, within: boolean): { readonly chunk: Buffer; readonly hole: number } {
  if (!lines.includes(0)) return { chunk: lines, hole: 0 };
  const kept: Buffer[] = [];
  let hole = 0;
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(NEWLINE, at) + 1;
    const zeros = at === 0 && within ? 0 : leadingZeros(lines, at);
    const line = lines.subarray(at + zeros, end);
    hole += zeros + (line.includes(HOLE) ? HOLE_BYTES : 0);
    kept.push(line);
    at = end;
  }
  return { chunk: Buffer.concat(kept), hole };
}

function leadingZeros(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] === 0) at++;
  return at - from;
}

import { execFileSync } from 'node:child_process';

/** libapparmor_re's tables (parser/libapparmor_re/flex-tables.h), which the kernel walks (security/apparmor/match.c). */
const MAGIC = 0x1b5e783d;
const TABLE = { accept: 1, base: 2, check: 3, default: 4, classes: 5, next: 8 } as const;
const DIFF_ENCODED = 0x8000_0000;
const BASE_MASK = 0x00ff_ffff;
const START = 1;

type Tables = ReadonlyMap<number, readonly number[]>;

/** The profile's file rules as the kernel would have them: permission bits of a path, 0 where no rule matches. */
export class Dfa {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  permissions(path: Buffer): number {
    let state = START;
    for (const byte of path) state = this.#step(state, byte);
    return this.#at('accept', state);
  }

  #step(from: number, byte: number): number {
    const classes = this.#tables.get(TABLE.classes);
    const symbol = classes ? (classes[byte] ?? 0) : byte;
    for (let state = from; ; state = this.#at('default', state)) {
      const base = this.#at('base', state);
      const at = (base & BASE_MASK) + symbol;
      if (this.#at('check', at) === state) return this.#at('next', at);
      if ((base & DIFF_ENCODED) === 0) return this.#at('default', state);
    }
  }

  #at(table: keyof typeof TABLE, index: number): number {
    return this.#tables.get(TABLE[table])?.[index] ?? 0;
  }
}

/** Compiles a profile with apparmor_parser, which loads nothing, and takes the last table: that of the file rules. */
export function fileDfa(profile: string): Dfa {
  const compiled = compile(profile);
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(MAGIC);
  const at = compiled.lastIndexOf(magic);
  // Without rules there is no table: nothing is allowed.
  return new Dfa(at < 0 ? new Map() : tablesAt(compiled, at));
}

export function compile(profile: string): Buffer {
  return execFileSync('apparmor_parser', ['-Q', '-K', '-S'], {
    input: profile,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function tablesAt(bytes: Buffer, from: number): Tables {
  const headerSize = bytes.readUInt32BE(from + 4);
  const size = bytes.readUInt32BE(from + 8);
  const tables = new Map<number, readonly number[]>();
  for (let at = from + headerSize; at < from + size; ) {
    const id = bytes.readUInt16BE(at);
    const width = { 1: 1, 2: 2, 4: 4 }[bytes.readUInt16BE(at + 2)] ?? 1;
    const length = bytes.readUInt32BE(at + 8);
    tables.set(
      id,
      Array.from({ length }, (_, i) => bytes.readUIntBE(at + 12 + i * width, width)),
    );
    at += 12 + length * width;
    at += (8 - ((at - from - headerSize) % 8)) % 8;
  }
  return tables;
}

import type { ReadAt } from './elf.ts';

export interface CodeSymbol {
  readonly name: string;
  /** Bytes from the symbol's beginning. */
  readonly distance: number;
  /** False where the symbol ends before: then it is only the nearest below. */
  readonly within: boolean;
}

export interface SymbolTable {
  /** The address in the file's own terms (`libc.so.6+0x…`, as addr2line takes it) that an offset in the file has. */
  readonly addressOf: (fileOffset: number) => number | undefined;
  readonly symbolAt: (address: number) => CodeSymbol | undefined;
}

const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
/** No file that is meant has more; a hostile one is not read further. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The functions that a little-endian 64-bit ELF file names, in .symtab, or where that was stripped in .dynsym (elf(5));
 * undefined for any other file: places in it stay offsets. Nothing is read out of bounds.
 */
export function readSymbols(readAt: ReadAt): SymbolTable | undefined {
  const head = readAt(0, 64);
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) return undefined;
  const segments = table(readAt, number(head, 32), head.readUInt16LE(54), head.readUInt16LE(56), 56);
  const sections = table(readAt, number(head, 40), head.readUInt16LE(58), head.readUInt16LE(60), 64);
  const functions = [SHT_SYMTAB, SHT_DYNSYM].map((type) => functionsOf(readAt, sections, type)).find(isFilled) ?? [];
  return {
    addressOf: (fileOffset) => {
      const load = segments.find(
        (one) => one.readUInt32LE(0) === PT_LOAD && isIn(fileOffset, number(one, 8), number(one, 32)),
      );
      return load && fileOffset - number(load, 8) + number(load, 16);
    },
    symbolAt: (address) => nearest(functions, address),
  };
}

interface NamedFunction {
  readonly name: string;
  readonly from: number;
  readonly size: number;
}

function table(readAt: ReadAt, at: number, entrySize: number, count: number, wanted: number): Buffer[] {
  if (entrySize !== wanted) return [];
  const bytes = readAt(at, count * entrySize);
  const whole = Math.floor(bytes.length / entrySize);
  return Array.from({ length: whole }, (_, index) => bytes.subarray(index * entrySize, (index + 1) * entrySize));
}

/** Sorted by address. */
function functionsOf(readAt: ReadAt, sections: readonly Buffer[], type: number): NamedFunction[] {
  const section = sections.find((one) => one.readUInt32LE(4) === type);
  const names = section && sections[section.readUInt32LE(40)];
  if (!section || !names || number(section, 32) > MOST_BYTES || number(names, 32) > MOST_BYTES) return [];
  const symbols = readAt(number(section, 24), number(section, 32));
  const text = readAt(number(names, 24), number(names, 32));
  const found: NamedFunction[] = [];
  for (let at = 0; at + 24 <= symbols.length; at += 24) {
    const kind = (symbols[at + 4] ?? 0) & 15;
    const from = number(symbols, at + 8);
    if ((kind !== STT_FUNC && kind !== STT_GNU_IFUNC) || from === 0) continue;
    found.push({ name: nameAt(text, symbols.readUInt32LE(at)), from, size: number(symbols, at + 16) });
  }
  return found.sort((a, b) => a.from - b.from);
}

function nameAt(text: Buffer, at: number): string {
  const end = text.indexOf(0, at);
  return text.toString('latin1', at, end < 0 ? at : end);
}

function nearest(functions: readonly NamedFunction[], address: number): CodeSymbol | undefined {
  const below = functions.findLast(({ from, name }) => from <= address && name !== '');
  if (!below) return undefined;
  // The address is that behind the call's instruction: it may be the first behind the function.
  const distance = address - below.from;
  return { name: below.name, distance, within: distance <= below.size };
}

function isFilled(functions: readonly NamedFunction[]): boolean {
  return functions.length > 0;
}

function isIn(value: number, from: number, size: number): boolean {
  return value >= from && value < from + size;
}

/** 0 where it is no number that a file can have. */
function number(bytes: Buffer, at: number): number {
  if (at + 8 > bytes.length) return 0;
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : 0;
}

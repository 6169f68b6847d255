import { basename } from 'node:path';
import { readElf } from '../../launch/elf.ts';
import { withFile } from '../../launch/file.ts';
import { type CodeSymbol, readSymbols, type SymbolTable } from '../../launch/symbols.ts';
import type { RunOrigin } from '../../observe/origin.ts';

export interface FoundPlace {
  /** The file, printable text. */
  readonly module: string;
  readonly buildId: string;
  /** As addr2line takes it; the offset in the file where that is not there any more. */
  readonly address: number;
  readonly symbol: CodeSymbol | undefined;
  /** Why no symbol is told. */
  readonly doubt: 'gone' | 'changed' | undefined;
  /** The program that was there. */
  readonly exe: string;
}

/** Finds the places of a call; each file is read once, and only believed while it is the one that was mapped. */
export function places(origins: readonly RunOrigin[]): (archToken: number, nr: number) => readonly FoundPlace[] {
  const files = new Map<string, Symbols>();
  return (archToken, nr) => {
    const own = origins.filter((origin) => origin.archToken === archToken && origin.nr === nr);
    const found = own.map((origin) => {
      const key = `${origin.buildId} ${origin.module}`;
      const symbols = files.get(key) ?? symbolsOf(origin);
      files.set(key, symbols);
      return placeOf(origin, symbols);
    });
    return [...new Map(found.map((place) => [`${place.exe} ${place.module} ${place.address}`, place])).values()];
  };
}

/** `libc.so.6+0x10a2f4`. */
export function moduleName(module: string): string {
  return module.startsWith('/') ? basename(module) : module;
}

type Symbols = { readonly table: SymbolTable | undefined; readonly doubt: FoundPlace['doubt'] };

function symbolsOf({ module, buildId }: RunOrigin): Symbols {
  if (!module.startsWith('/')) return { table: undefined, doubt: undefined };
  try {
    return withFile(module, (readAt) => {
      const elf = readElf(readAt);
      const isSame = elf?.kind === 'elf' && (elf.buildId ?? '') === buildId;
      return isSame ? { table: readSymbols(readAt), doubt: undefined } : { table: undefined, doubt: 'changed' };
    });
  } catch {
    return { table: undefined, doubt: 'gone' };
  }
}

function placeOf({ module, buildId, fileOffset, exe }: RunOrigin, { table, doubt }: Symbols): FoundPlace {
  const address = table?.addressOf(fileOffset) ?? fileOffset;
  return { module, buildId, address, symbol: table?.symbolAt(address), doubt, exe };
}

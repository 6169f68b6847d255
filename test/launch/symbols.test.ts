import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFile } from '../../src/launch/file.ts';
import { readSymbols } from '../../src/launch/symbols.ts';
import { temporary } from '../store/helpers.ts';

/** nm is the oracle: a program with names, and the same without (its .dynsym stays). */
function built(): { readonly whole: string; readonly stripped: string } {
  const at = (name: string) => join(temporary(), name);
  const [source, whole, stripped] = [at('a.c'), at('whole'), at('stripped')];
  writeFileSync(
    source,
    'int seen(int x) { return x + 1; }\nstatic int hidden(int x) { return x * 7; }\nint main(int c, char **v) { (void)v; return hidden(seen(c)); }\n',
  );
  execFileSync('gcc', ['-O0', '-rdynamic', '-o', whole, source]);
  execFileSync('strip', ['-o', stripped, whole]);
  return { whole, stripped };
}

function addresses(file: string): ReadonlyMap<string, number> {
  const lines = execFileSync('nm', [file], { encoding: 'latin1' }).trim().split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [address = '', , name = ''] = line.split(' ');
      return address === '' ? [] : [[name, Number.parseInt(address, 16)]];
    }),
  );
}

test('functions are named as nm does, by .symtab or else by .dynsym', () => {
  const { whole, stripped } = built();
  const nm = addresses(whole);
  const [seen = 0, hidden = 0] = [nm.get('seen'), nm.get('hidden')];
  const [full, bare] = [whole, stripped].map((file) => withFile(file, readSymbols));
  expect(full?.symbolAt(seen)).toEqual({ name: 'seen', distance: 0, within: true });
  expect(full?.symbolAt(hidden + 2)).toEqual({ name: 'hidden', distance: 2, within: true });
  expect(bare?.symbolAt(seen + 1)).toEqual({ name: 'seen', distance: 1, within: true });
  expect(bare?.symbolAt(hidden + 2)).toEqual({ name: 'seen', distance: hidden + 2 - seen, within: false });
});

test('an offset in the file has the address that the segments give it', () => {
  const { whole } = built();
  const table = withFile(whole, readSymbols);
  const [, offset = '', address = ''] =
    /LOAD\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)[^\n]*\n[^\n]*R E/.exec(
      execFileSync('readelf', ['-lW', whole], { encoding: 'latin1' }).replace(/(LOAD[^\n]*R E)/g, '$1\n R E'),
    ) ?? [];
  expect(table?.addressOf(Number.parseInt(offset, 16) + 5)).toBe(Number.parseInt(address, 16) + 5);
  expect(table?.addressOf(2 ** 40)).toBeUndefined();
});

test('a file that is none, or is cut or damaged anywhere, throws nothing', () => {
  const { whole } = built();
  const bytes = withFile(whole, (readAt) => Buffer.from(readAt(0, 1 << 20)));
  for (let step = 0; step < 400; step++) {
    const copy = Buffer.from(bytes.subarray(0, step % 3 === 0 ? (step * 97) % bytes.length : bytes.length));
    if (copy.length > 0) copy[(step * 7919) % Math.min(copy.length, 4096)] = step % 256;
    const readAt = (offset: number, length: number) => copy.subarray(offset, offset + length);
    readSymbols(readAt)?.symbolAt(0x1139);
  }
  expect(readSymbols(() => Buffer.from('#!/bin/sh'))).toBeUndefined();
});

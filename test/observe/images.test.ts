import { expect, test } from 'vitest';
import { type ImageEvent, Images } from '../../src/observe/images.ts';

function mapped(atNs: number, pid: number, path: string, start: number, fileOffset = 0): ImageEvent {
  return { kind: 'mapped', atNs, pid, mapping: { start, length: 0x1000, fileOffset, buildId: path.slice(1), path } };
}

function places(events: readonly ImageEvent[]) {
  const images = new Images();
  for (const event of events) images.push(event);
  const find = images.places();
  return (pid: number, exe: string, ip: number) => {
    const place = find(pid, exe, ip.toString(16));
    return place && `${place.module}+${place.fileOffset.toString(16)}`;
  };
}

test('an address has a place in the file that lies there, by its offset', () => {
  const find = places([mapped(1, 5, '/bin/a', 0x10000, 0x4000), mapped(2, 5, '/lib/c', 0x20000)]);
  expect(find(5, '/bin/a', 0x10010)).toBe('/bin/a+4010');
  expect(find(5, '/bin/a', 0x20fff)).toBe('/lib/c+fff');
  expect(find(5, '/bin/a', 0x21000)).toBeUndefined();
  expect(find(6, '/bin/a', 0x10010)).toBeUndefined();
});

test('a child has its parent’s code until it executes; then the record’s exe says which of the two it was', () => {
  const find = places([
    mapped(1, 5, '/bin/sh', 0x10000),
    { kind: 'forked', atNs: 2, pid: 6, parent: 5 },
    { kind: 'executed', atNs: 3, pid: 6 },
    mapped(4, 6, '/bin/ls', 0x10000),
    mapped(9, 5, '/lib/late', 0x30000),
  ]);
  expect(find(6, '/bin/sh', 0x10020)).toBe('/bin/sh+20');
  expect(find(6, '/bin/ls', 0x10020)).toBe('/bin/ls+20');
  expect(find(6, '/bin/ls', 0x30000)).toBeUndefined();
});

test('what one CPU tells late is put in order, and what was mapped last lies on top', () => {
  const find = places([
    mapped(7, 5, '/lib/new', 0x10000),
    mapped(4, 5, '/lib/old', 0x10000),
    { kind: 'executed', atNs: 1, pid: 5 },
  ]);
  expect(find(5, '/bin/x', 0x10001)).toBe('/lib/new+1');
});

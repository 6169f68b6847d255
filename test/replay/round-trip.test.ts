import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AbiName, numbersOf } from '../../src/kernel/abi.ts';
import { systemdSet } from '../../src/kernel/systemd-sets.ts';
import { ABIS } from '../../src/kernel/tables.gen.ts';
import { compileBpf } from '../../src/launch/compile.ts';
import { SCMP_ARCHES } from '../../src/render/architecture.ts';
import { FORMATS, type Format } from '../../src/render/format.ts';
import { RENDERERS } from '../../src/render/renderers.ts';
import type { Filter } from '../../src/replay/filter.ts';
import { formatOf, READERS, type ReadableFormat } from '../../src/replay/readers.ts';
import { listable, namedAbi, OPTIONS, profileOf } from '../render/profiles.ts';

/** render → read back → the same set of calls, for any set of any ABI's calls and each format that a program takes. */
const READABLE = FORMATS.filter((format): format is ReadableFormat => format !== 'table');
const BY_ARCH: readonly Format[] = ['oci', 'docker', 'spo', 'c'];

function bytesOf(format: Format, ...profile: Parameters<typeof profileOf>): Uint8Array {
  const rendering = RENDERERS[format].render(profileOf(...profile), { ...OPTIONS, compile: compileBpf });
  return rendering.kind === 'bytes' ? rendering.bytes : Buffer.from(rendering.text);
}

function allowed(filter: Filter, name: AbiName): readonly number[] {
  const { token, base } = namedAbi(name);
  return listable(name).filter((nr) => filter.verdict({ archToken: token, nr: nr + base }) === 'allow');
}

/** What a format allows beyond what it was given. */
function always(format: Format, name: AbiName): readonly number[] {
  if (format !== 'systemd') return [];
  return [...(systemdSet('@default') ?? [])]
    .flatMap((call) => numbersOf(namedAbi(name)).get(call) ?? [])
    .filter((nr) => nr < 1024);
}

function abisOf(format: Format): readonly AbiName[] {
  if (format === 'bpf') return ['x86_64'];
  const all = ABIS.map(({ abi }) => abi);
  return BY_ARCH.includes(format) ? all.filter((abi) => SCMP_ARCHES[abi] !== undefined) : all;
}

describe.for(READABLE)('%s', { timeout: 60_000 }, (format) => {
  const abis = abisOf(format);
  const cases = fc
    .constantFrom(...abis)
    .chain((abi) => fc.tuple(fc.constant(abi), fc.subarray([...listable(abi)], { minLength: 1 })));

  test('gives back the set that it was made of, and is known by its content', async () => {
    const read = await READERS[format]();
    fc.assert(
      fc.property(cases, ([abi, calls]) => {
        const bytes = bytesOf(format, calls, abi);
        const wanted = [...new Set([...calls, ...always(format, abi)])].sort((a, b) => a - b);
        expect(allowed(read(bytes, abi), abi).toSorted((a, b) => a - b)).toEqual(wanted);
        expect(formatOf(bytes)).toBe(format);
      }),
      { numRuns: 12 },
    );
  });

  test('leaves a second ABI closed', async () => {
    const read = await READERS[format]();
    const filter = read(bytesOf(format, listable('x86_64')), 'x86_64');
    expect(allowed(filter, 'i386')).toEqual([]);
    expect(allowed(filter, 'x32')).toEqual([]);
    expect(allowed(filter, 'aarch64')).toEqual([]);
  });

  test('keeps a call without a name, or says that it cannot', async () => {
    const { losses } = RENDERERS[format].render(profileOf([1, 1000]), { ...OPTIONS, compile: compileBpf });
    const filter = (await READERS[format]())(bytesOf(format, [1, 1000]), 'x86_64');
    const kept = filter.verdict({ archToken: namedAbi('x86_64').token, nr: 1000 }) === 'allow';
    expect({ kept, said: losses.some((loss) => loss.includes('calls without one: 1000')) }).toEqual({
      kept,
      said: !kept,
    });
    expect(kept).toBe(['env', 'bpf', 'c', 'json'].includes(format));
  });
});

test('what another ABI than libseccomp knows wants is refused with its name', () => {
  for (const format of BY_ARCH) expect(() => bytesOf(format, [1], 'armeb')).toThrow(/no name for the ABI armeb/);
});

test('errors instead of a kill, with the number that the ABI has for it', async () => {
  const options = { ...OPTIONS, action: 'enosys' } as const;
  const text = (format: Format, abi: AbiName) => {
    const rendering = RENDERERS[format].render(profileOf([1], abi), options);
    return rendering.kind === 'text' ? rendering.text : '';
  };
  expect(JSON.parse(text('oci', 'x86_64'))).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 });
  expect(JSON.parse(text('docker', 'mips'))).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 89 });
  expect(JSON.parse(text('seccompiler', 'parisc'))).toMatchObject({ main: { mismatch_action: { errno: 251 } } });
  expect(text('systemd', 'x86_64')).toContain('\nSystemCallErrorNumber=ENOSYS\n');
  expect(text('c', 'x86_64')).toContain('seccomp_init(SCMP_ACT_ERRNO(ENOSYS))');
  const read = await READERS.c();
  expect(allowed(read(Buffer.from(text('c', 'x86_64')), 'x86_64'), 'x86_64')).toEqual([1]);
});

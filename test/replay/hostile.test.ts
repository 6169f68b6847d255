import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { compileBpf } from '../../src/launch/compile.ts';
import { FORMATS } from '../../src/render/format.ts';
import { RENDERERS } from '../../src/render/renderers.ts';
import { decodeProgram, runProgram } from '../../src/replay/bpf-machine.ts';
import { formatOf, READERS, type ReadableFormat } from '../../src/replay/readers.ts';
import { OPTIONS, profileOf } from '../render/profiles.ts';

/** Whatever a file holds, a reader gives a filter or a UsageError of one line. */
const READABLE = FORMATS.filter((format): format is ReadableFormat => format !== 'table');
const CALL = { archToken: 0xc000003e, nr: 1 };

function bytesOf(format: ReadableFormat): Uint8Array {
  const rendering = RENDERERS[format].render(profileOf([0, 1, 3, 231]), { ...OPTIONS, compile: compileBpf });
  return rendering.kind === 'bytes' ? rendering.bytes : Buffer.from(rendering.text);
}

/** A document with a few bytes changed, taken out or put in. */
function mangled(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom('[', '{', '"', '&a', '*a', '1e999', '\\').map((text) => Buffer.from(text)),
  );
  return fc
    .array(fc.tuple(fc.nat(bytes.length), fc.nat(3), piece), { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce<Uint8Array>(
        (now, [at, gone, put]) => Buffer.concat([now.subarray(0, at), put, now.subarray(at + gone)]),
        bytes,
      ),
    );
}

function outcome(work: () => unknown): 'fine' | 'told' {
  try {
    work();
    return 'fine';
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).not.toMatch(/\n/);
    return 'told';
  }
}

describe.for(READABLE)('%s', { timeout: 60_000 }, (format) => {
  test('a damaged document is read or refused', async () => {
    const read = await READERS[format]();
    fc.assert(
      fc.property(mangled(bytesOf(format)), (bytes) => {
        expect(['fine', 'told']).toContain(outcome(() => read(bytes, 'x86_64').verdict(CALL)));
        expect(['fine', 'told']).toContain(outcome(() => formatOf(bytes)));
      }),
      { numRuns: 60 },
    );
  });

  test('bytes that are anything are read or refused', async () => {
    const read = await READERS[format]();
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(['fine', 'told']).toContain(outcome(() => read(bytes, 'x86_64').verdict(CALL)));
      }),
      { numRuns: 60 },
    );
  });
});

test.for<[what: string, format: ReadableFormat, text: string | Uint8Array, told: RegExp]>([
  ['nested brackets', 'oci', '['.repeat(100_000), /^brackets are nested deeper than 64$/],
  [
    'nested flow style',
    'spo',
    `kind: SeccompProfile\nspec: ${'['.repeat(100)}`,
    /^brackets are nested deeper than 64$/,
  ],
  ['aliases that grow', 'spo', bomb(), /^no YAML: its aliases stand for too much$/],
  [
    'a file beyond all bounds',
    'oci',
    Buffer.alloc(16 * 1024 * 1024 + 1, ' '),
    /^16777217 bytes: want a profile of at most/,
  ],
  [
    'a long SeccompProfile',
    'spo',
    ' '.repeat(1024 * 1024 + 1),
    /^1048577 characters: want a SeccompProfile of at most/,
  ],
  ['bytes that are no text', 'minijail', Buffer.from([0x72, 0xff]), /^want text in UTF-8$/],
  ['an action', 'oci', '{"defaultAction":"SCMP_ACT_NONE"}', /^defaultAction: want one of SCMP_ACT_ALLOW/],
  [
    'an action within',
    'oci',
    '{"defaultAction":"SCMP_ACT_KILL","syscalls":[{"names":["a"],"action":"x"}]}',
    /^syscalls\[0\]\.action: want one of/,
  ],
  [
    'an operator',
    'oci',
    '{"defaultAction":"SCMP_ACT_KILL","syscalls":[{"names":["a"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"=="}]}]}',
    /^syscalls\[0\]\.args\[0\]\.op: want one of SCMP_CMP_NE/,
  ],
  ['a config.json', 'oci', '{"linux":{"seccomp":{"defaultAction":1}}}', /^linux\.seccomp\.defaultAction: want one of/],
  ['a config.json without', 'oci', '{"linux":{}}', /^defaultAction: want one of/],
  ['a resource', 'spo', 'kind: SeccompProfile\nspec:\n  syscalls: []\n', /^spec\.defaultAction: want one of/],
  ['a Pod', 'spo', 'kind: Pod\n', /^kind: want a document of kind SeccompProfile with a spec$/],
  ['no section', 'systemd', 'SystemCallFilter=read\n', /^line 1: want a \[SECTION\] before it$/],
  ['no assignment', 'systemd', '[Service]\n\nread\n', /^line 3: want KEY=VALUE or \[SECTION\]$/],
  ['no filter', 'systemd', '[Service]\nExecStart=/bin/true\n', /^want SystemCallFilter= in \[Service\]$/],
  [
    'an architecture',
    'systemd',
    '[Service]\nSystemCallFilter=read\nSystemCallArchitectures=pdp11\n',
    /^line 3: SystemCallArchitectures=pdp11: not an architecture$/,
  ],
  ['an include', 'minijail', 'read: 1\n@include other\n', /^line 2: @include is not followed/],
  ['a call twice', 'minijail', 'read: 1\nread: 1\n', /^line 2: read: is there twice$/],
  [
    'a condition',
    'minijail',
    'read: arg9 == 1\n',
    /^line 1: arg9 == 1: want 1, an action, or conditions on arg0 to arg5$/,
  ],
  ['an action', 'minijail', 'read: perhaps\n', /^line 1: perhaps: want 1 or allow, log/],
  ['no variable', 'env', 'PATH=/bin\n', /^want SECCOMP_SYSCALL_ALLOW= or SECCOMP_SYSCALL_DENY=$/],
  [
    'two filters',
    'seccompiler',
    '{"a":{"mismatch_action":"trap","match_action":"allow","filter":[]},"b":{"filter":[]}}',
    /^2 filters: want one$/,
  ],
  ['no action', 'seccompiler', '{"a":{"filter":[]}}', /^a: want mismatch_action and match_action$/],
  [
    'a later version',
    'json',
    '{"schema":99,"policy":{},"rules":[]}',
    /^schema: want 2: this is another version of the document$/,
  ],
  ['other C', 'c', 'int main(void) { return 0; }\n', /^want C source as suggest --format c prints it$/],
  [
    'a jump out of the program',
    'bpf',
    Buffer.from([5, 0, 0, 0, 9, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]),
    /^want a BPF program/,
  ],
])('%s (%s)', async ([, format, text, told]) => {
  const read = await READERS[format]();
  expect(() => read(typeof text === 'string' ? Buffer.from(text) : text, 'x86_64')).toThrow(UsageError);
  expect(() => read(typeof text === 'string' ? Buffer.from(text) : text, 'x86_64')).toThrow(told);
});

function bomb(): string {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed'].map((pair) => pair.split(''))) {
    lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(', ')}]`);
  }
  return `kind: SeccompProfile\n${lines.join('\n')}\nspec:\n  defaultAction: SCMP_ACT_KILL\n`;
}

test('a program of any bytes that is taken comes to its end', () => {
  const instruction = fc.tuple(
    fc.constantFrom(
      0x00,
      0x01,
      0x02,
      0x03,
      0x04,
      0x05,
      0x06,
      0x07,
      0x15,
      0x16,
      0x1c,
      0x20,
      0x25,
      0x34,
      0x3c,
      0x45,
      0x54,
      0x60,
      0x64,
      0x74,
      0x80,
      0x84,
      0x87,
      0xac,
    ),
    fc.nat(8),
    fc.nat(8),
    fc.nat(70),
  );
  fc.assert(
    fc.property(fc.array(instruction, { minLength: 1, maxLength: 40 }), (instructions) => {
      const bytes = Buffer.concat(
        instructions.map(([code, jt, jf, k]) =>
          Buffer.from(new Uint32Array([code + (jt << 16) + jf * 2 ** 24, k]).buffer),
        ),
      );
      const program = decodeProgram(bytes);
      expect(program ? runProgram(program, CALL).value : 0).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

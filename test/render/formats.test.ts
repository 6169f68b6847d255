import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Profile, Reason } from '../../src/profile/profile.ts';
import { FORMATS, type Format, type RenderOptions } from '../../src/render/format.ts';
import { RENDERERS } from '../../src/render/renderers.ts';
import { READERS } from '../../src/replay/readers.ts';
import { listable, numbers, OPTIONS, profileOf } from './profiles.ts';
import { DOCKER_SCHEMA, OCI_SCHEMA, SECCOMPILER_SCHEMA, SPO_SCHEMA } from './schemas.ts';

function text(format: Format, profile: Profile, options: Partial<RenderOptions> = {}): string {
  const rendering = RENDERERS[format].render(profile, { ...OPTIONS, compile: () => new Uint8Array(), ...options });
  return rendering.kind === 'text' ? rendering.text : '';
}

const ajv = new Ajv({ allErrors: true });

test.for<[Format, object, (text: string) => unknown]>([
  ['oci', OCI_SCHEMA, JSON.parse],
  ['docker', DOCKER_SCHEMA, JSON.parse],
  ['spo', SPO_SCHEMA, (yaml) => parse(yaml)],
  ['seccompiler', SECCOMPILER_SCHEMA, JSON.parse],
])('%s is as its schema wants it, whatever is listed and whatever meets the rest', ([format, schema, read]) => {
  const validate = ajv.compile(schema);
  const names = fc.constantFrom(
    '/opt/hello',
    '/usr/bin/python3.11',
    '/x/true',
    '/x/1e3',
    '/x/---',
    '/x/ünï',
    `/x/${'long'.repeat(40)}`,
  );
  fc.assert(
    fc.property(
      fc.subarray([...listable('x86_64')], { minLength: 1 }),
      names,
      fc.constantFrom(...RENDERERS[format].actions),
      (calls, exe, action) => {
        const document = read(text(format, profileOf(calls, 'x86_64', { exe }), { action }));
        expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

/** minijail's own grammar (facts of its syscall_filter.c): comments and empty lines, else `NAME: EXPRESSION`, no name twice. */
test('minijail has lines of its grammar alone', () => {
  fc.assert(
    fc.property(fc.subarray([...listable('aarch64')]), (calls) => {
      const lines = text('minijail', profileOf(calls, 'aarch64')).split('\n');
      const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
      expect(rules).toHaveLength(new Set(calls).size);
      expect(new Set(rules).size).toBe(rules.length);
      for (const rule of rules) expect(rule).toMatch(/^[a-z_][a-z0-9_]*: 1$/);
    }),
    { numRuns: 30 },
  );
});

/** A person's reason, as a hostile one would write it. */
const REASONS: readonly string[] = [
  'ends the comment */ int main(void) {} /*',
  'next line\nSystemCallFilter=@system-service',
  'next line\r\nptrace: 1',
  'joined \\',
  '" , "names": ["ptrace"], "x": "',
  '\u2028- ptrace',
  '\u001b[2J # - x: &a *a',
];

test.for(FORMATS.filter((format) => format !== 'bpf' && format !== 'table'))(
  'no reason widens %s or steers a terminal',
  async (format) => {
    const read = await READERS[format]();
    for (const why of REASONS) {
      const reason: Reason = { kind: 'manual', who: why, atMs: 0, why };
      const profile = profileOf(numbers(['read', 'write']));
      const told = text(format, { ...profile, rules: profile.rules.map((rule) => ({ ...rule, reason })) });
      const filter = read(Buffer.from(told), 'x86_64');
      const [read0, ptrace, socket] = numbers(['read', 'ptrace', 'socket']);
      const verdicts = [read0, ptrace, socket].map((nr = -1) => filter.verdict({ archToken: 0xc000003e, nr }));
      expect(verdicts).toEqual(['allow', 'deny', 'deny']);
      for (const character of ['\u001b', '\u2028', '\r']) expect(told).not.toContain(character);
    }
  },
);

test('a long systemd list goes on in further directives, each emptied first, @default told', () => {
  const all = text('systemd', profileOf(listable('x86_64')));
  const directives = all.split('\n').filter((line) => line.startsWith('SystemCallFilter='));
  expect(directives[0]).toBe('SystemCallFilter=');
  expect(directives.length).toBeGreaterThan(30);
  for (const line of directives) expect(line.length).toBeLessThanOrEqual(100);
  expect(all).not.toContain('RestrictAddressFamilies');
  const few = profileOf(numbers(['read', 'execve']));
  expect(text('systemd', few)).toMatch(/\nRestrictAddressFamilies=\nRestrictAddressFamilies=none\n$/);
  expect(RENDERERS.systemd.render(few, OPTIONS).losses).toEqual([
    'systemd always allows @default: 43 calls that are not on the list (v256)',
  ]);
});

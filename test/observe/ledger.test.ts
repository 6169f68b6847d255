import { expect, test } from 'vitest';
import { type Evidence, ledger } from '../../src/observe/ledger.ts';
import { loss } from './session-records.ts';

const NOTHING: Evidence = {
  fromMs: 1,
  toMs: 2,
  missing: 0,
  said: [],
  before: { lost: 3 },
  after: { lost: 3 },
  ended: true,
};

test.for<{ what: string; evidence: Partial<Evidence>; lost: readonly (readonly [string, number | undefined])[] }>([
  { what: 'nothing', evidence: {}, lost: [] },
  { what: 'serials alone', evidence: { missing: 4 }, lost: [['serial-gap', 4]] },
  {
    what: 'what the rate limit suppressed, others’ lines included',
    evidence: { missing: 90, said: [loss('suppressed', 60), loss('suppressed', 40)] },
    lost: [['suppressed', 90]],
  },
  {
    what: 'suppressed and more',
    evidence: { missing: 90, said: [loss('suppressed', 60), loss('kmsg-gap', 20)] },
    lost: [
      ['suppressed', 60],
      ['kmsg-gap', 20],
      ['serial-gap', 10],
    ],
  },
  {
    what: 'a socket that overflowed',
    evidence: { missing: 90, said: [loss('enobufs', undefined)] },
    lost: [['enobufs', 90]],
  },
  { what: 'an overflow that hit nothing', evidence: { said: [loss('enobufs', undefined)] }, lost: [] },
  {
    what: 'an overflow whose end was not seen',
    evidence: { missing: 90, said: [loss('enobufs', undefined)], ended: false },
    lost: [
      ['enobufs', undefined],
      ['serial-gap', 90],
    ],
  },
  { what: 'what never got a serial', evidence: { after: { lost: 10 } }, lost: [['audit-lost', 7]] },
  { what: 'a counter that was set back', evidence: { after: { lost: 2 } }, lost: [['audit-lost', 2]] },
  {
    what: 'the kernel’s word where its counter may not be asked',
    evidence: { before: undefined, said: [loss('backlog', undefined)] },
    lost: [['backlog', undefined]],
  },
  { what: 'the same where it may', evidence: { said: [loss('backlog', undefined)] }, lost: [] },
])('$what', ({ evidence, lost }) => {
  expect(ledger({ ...NOTHING, ...evidence }).map(({ reason, count }) => [reason, count])).toEqual(lost);
});

test('an unknown number is called unknown, any other an upper bound', () => {
  const losses = ledger({ ...NOTHING, missing: 1, said: [loss('enobufs', undefined)], ended: false });
  expect(losses.map(({ certainty }) => certainty)).toEqual(['unknown', 'at-most']);
});

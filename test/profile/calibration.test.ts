import { expect, test } from 'vitest';
import { calibrate, PROGRAMS, readCorpus } from '../../bench/calibration.ts';
import { LEVEL } from '../../src/profile/confidence.ts';

const DRAWS = 400;
/** Three standard errors of a share of DRAWS. */
const NOISE = 3 * Math.sqrt((LEVEL * (1 - LEVEL)) / DRAWS);

test.for(PROGRAMS.flatMap((program) => [5, 10, 20, 40].map((size) => ({ program, size }))))(
  'of $size runs of $program the bound holds as often as it says, and the estimate errs on the high side',
  ({ program, size }) => {
    const { estimate, truth, bound, coverage } = calibrate(readCorpus(program), size, DRAWS, 7);
    expect(coverage).toBeGreaterThanOrEqual(LEVEL - NOISE);
    expect(estimate).toBeGreaterThanOrEqual(truth - 0.02);
    expect(bound).toBeGreaterThan(estimate);
  },
);

test('for runs that are one less the estimate has no bias', () => {
  for (const corpus of PROGRAMS.map(readCorpus)) {
    const [at, before] = [calibrate(corpus, 12, DRAWS, 3), calibrate(corpus, 11, DRAWS, 5)];
    expect(Math.abs(at.estimate - before.truth)).toBeLessThan(0.03);
  }
});

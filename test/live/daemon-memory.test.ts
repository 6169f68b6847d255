import { expect, test } from 'vitest';
import { memoryOf } from '../../bench/memory.ts';
import { temporary } from '../store/helpers.ts';

/** `npm run bench -- flat` takes ten million. */
const RECORDS = 3_000_000 * Number(process.env.PROFILER_SWEEP ?? '1');

test('the memory of a daemon does not grow with what it reads, and nothing is lost or counted twice', async () => {
  const { warmMb, mostMb } = await memoryOf(RECORDS, temporary());
  expect(mostMb / warmMb).toBeLessThan(1.1);
}, 600_000);

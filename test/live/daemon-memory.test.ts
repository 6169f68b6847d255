import { expect, test } from 'vitest';
import { memoryOf, WARM_RECORDS } from '../../bench/memory.ts';
import { temporary } from '../store/helpers.ts';

/** `npm run bench -- flat` takes ten million, and holds the whole to a tenth. */
const RECORDS = 3_000_000 * Number(process.env.PROFILER_SWEEP ?? '1');
/** The smallest object that V8 keeps with a map entry to it takes more. */
const BYTES_A_RECORD = 40;

test('a daemon keeps nothing of each record that it reads, and nothing is lost or counted twice', async () => {
  const { warmMb, lateMb } = await memoryOf(RECORDS, temporary());
  const between = (RECORDS * 5) / 6 - WARM_RECORDS;
  expect(((lateMb - warmMb) * 1e6) / between).toBeLessThan(BYTES_A_RECORD);
}, 600_000);

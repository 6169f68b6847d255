import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { memoryOf } from '../../../bench/memory.ts';
import { temporary } from '../../store/helpers.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** `npm run bench -- flat` takes ten million. */
const RECORDS = 1_000_000 * Number(process.env.PROFILER_SWEEP ?? '1');

test('the memory of a daemon does not grow with what it reads, and nothing is lost or counted twice', async () => {
  const { warmMb, mostMb } = await memoryOf([process.execPath, join(ROOT, 'dist/cli/bin.js')], RECORDS, temporary());
  expect(mostMb / warmMb).toBeLessThan(1.1);
}, 600_000);

/** Figures against named peers in the same run: `npm run bench [-- NAME…]`. Nothing here fails a build; what is over its aim is marked. */
import { dense } from './dense.ts';
import { flat } from './flat.ts';
import { type Bench, inFolder, ROUNDS } from './harness.ts';
import { live } from './live.ts';
import { SEED } from './records.ts';
import { sparse } from './sparse.ts';
import { startUp } from './start-up.ts';
import { head, rowOf } from './table.ts';
import { tail } from './tail.ts';

const BENCHES: Readonly<Record<string, Bench>> = { 'start-up': startUp, dense, sparse, live, flat, tail };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`bench: no such bench: ${unknown.join(', ')}, want ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
const scale = Number(process.env.PROFILER_BENCH_SCALE ?? 1);
const say = (text: string): void => console.log(text);
say(
  `seed ${SEED}, scale ${scale} (PROFILER_BENCH_SCALE), medians of ${ROUNDS} (PROFILER_BENCH_ROUNDS), Node ${process.versions.node}\n`,
);
say(head());
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  await inFolder(async (folder) => bench({ folder, scale, say, show: (figure) => say(rowOf(figure)) }));
}

import { type Bench } from './harness.ts';
import { memoryOf } from './memory.ts';

const RECORDS = 10_000_000;

/** The daemon's memory over ten million records that are made as they are read. */
export const flat: Bench = async ({ scale, show, folder }) => {
  const records = Math.ceil(RECORDS * scale);
  const { warmMb, lateMb } = await memoryOf(records, folder);
  const what = `daemon, ${records / 1e6} M records: memory`;
  show({ what, peer: 'once warm', value: lateMb, peerValue: warmMb, unit: 'MB', aim: 1.1 });
};

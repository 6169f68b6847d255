import { join } from 'node:path';
import { denseLog } from './corpus.ts';
import { type Bench, PROFILER, timed, type World } from './harness.ts';
import { importAgainst } from './import.ts';

const RECORDS = 5_000_000;
/** audit's own tool takes a quarter of an hour for all of them: it gets one of so many. */
const SHARE = 50;

/** An audit.log of a gigabyte into the database's aggregates, against a search that only counts and against audit's own tool. */
export const dense: Bench = (world) => {
  const { folder, scale, show } = world;
  const corpus = denseLog(join(folder, 'audit.log'), Math.ceil(RECORDS * scale));
  const what = `import audit.log, ${corpus.records / 1e6} M records`;
  const { seconds: value, peerSeconds, peakMb } = importAgainst(corpus, 'type=SECCOMP', folder);
  show({ what, peer: 'rg -c type=SECCOMP', value, peerValue: peerSeconds, unit: 's', aim: 5 });
  show({ what: '  its most memory', value: peakMb, unit: 'MB', aim: 150 });
  againstAusearch(world);
};

function againstAusearch({ folder, scale, show }: World): void {
  const { path, records } = denseLog(join(folder, 'part.log'), Math.ceil((RECORDS / SHARE) * scale));
  const ours = timed([...PROFILER, 'import', '--db', join(folder, 'part.db'), path]);
  const peer = timed(['/bin/sh', '-c', 'ausearch -if "$0" -m SECCOMP --raw </dev/null | wc -l', path]);
  if (Number(peer.out) !== records) throw new Error(`ausearch gave ${peer.out} lines, ${records} were made`);
  const what = `import audit.log, ${records / 1e6} M records`;
  show({
    what,
    peer: 'ausearch --raw',
    value: ours.seconds,
    peerValue: peer.seconds,
    unit: 's',
    aim: 15,
    atLeast: true,
  });
}

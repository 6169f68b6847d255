import { join } from 'node:path';
import { denseLog } from './corpus.ts';
import { type Bench, timed } from './harness.ts';
import { importAgainst } from './import.ts';

const RECORDS = 5_000_000;

/** An audit.log of a gigabyte into the database's aggregates, against a search that only counts and against audit's own tool. */
export const dense: Bench = ({ folder, scale, show }) => {
  const corpus = denseLog(join(folder, 'audit.log'), Math.ceil(RECORDS * scale));
  const { path, records } = corpus;
  const what = `import audit.log, ${records / 1e6} M records`;
  const { seconds: value, peerSeconds, peakMb } = importAgainst(corpus, 'type=SECCOMP', folder);
  show({ what, peer: 'rg -c type=SECCOMP', value, peerValue: peerSeconds, unit: 's', aim: 5 });
  const ausearch = timed(['/bin/sh', '-c', 'ausearch -if "$0" -m SECCOMP --raw </dev/null | wc -l', path]);
  if (Number(ausearch.out) !== records) throw new Error(`ausearch gave ${ausearch.out} lines, ${records} were made`);
  show({ what, peer: 'ausearch --raw', value, peerValue: ausearch.seconds, unit: 's', aim: 15, atLeast: true });
  show({ what: '  its most memory', value: peakMb, unit: 'MB', aim: 150 });
};

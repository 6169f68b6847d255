import { join } from 'node:path';
import { sparseLog } from './corpus.ts';
import type { Bench } from './harness.ts';
import { importAgainst } from './import.ts';

const BYTES = 2e9;
/** Records of seccomp, AppArmor's, and packets that a firewall logged. */
const PATTERN = 'type=1326|type=1400|IN=';

/** A syslog of two gigabytes, of which one line in twenty is a record of ours. */
export const sparse: Bench = ({ folder, scale, show }) => {
  const corpus = sparseLog(join(folder, 'syslog'), Math.ceil(BYTES * scale));
  const what = `import syslog, ${(corpus.bytes / 1e9).toFixed(1)} GB, 5 % ours`;
  const { seconds, peerSeconds, peakMb } = importAgainst(corpus, PATTERN, folder);
  show({ what, peer: 'rg -c (three marks)', value: seconds, peerValue: peerSeconds, unit: 's', aim: 2 });
  show({ what: '  its most memory', value: peakMb, unit: 'MB', aim: 150 });
};

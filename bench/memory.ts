import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, DAEMON, ended, median, usageOf } from './harness.ts';
import { Records } from './records.ts';

const PIECE = 2000;
/** A collector's heap has found its size by then. What it holds goes up and down with each collection: hence medians. */
export const WARM_RECORDS = 1_500_000;

export interface Memory {
  /** What the daemon held of this machine's memory, the median, once warm: a third of WARM_RECORDS before that, or before the half of fewer. */
  readonly warmMb: number;
  /** And over the last third of the records. */
  readonly lateMb: number;
}

/** Pours records that are made as they are read into a daemon's standard input, and holds what was stored against the truth. */
export async function memoryOf(records: number, folder: string): Promise<Memory> {
  const db = join(folder, 'flat.db');
  const config = join(folder, 'flat.toml');
  writeFileSync(
    config,
    `database = "${db}"\n[log]\nlevel = "error"\n[[source]]\nkind = "stdin"\ncarrier = "audit-log"\n`,
  );
  const [program = '', ...words] = DAEMON;
  const daemon = spawn(program, [...words, '--config', config], { stdio: ['pipe', 'ignore', 'inherit'] });
  const source = new Records();
  const warmTo = Math.min(WARM_RECORDS, records / 2);
  const warm: number[] = [];
  const late: number[] = [];
  while (source.made < records) {
    let text = '';
    for (let at = 0; at < PIECE && source.made < records; at++) text += `type=SECCOMP msg=${source.next()}\n`;
    if (!daemon.stdin.write(text, 'latin1')) await once(daemon.stdin, 'drain');
    const { rssMb } = usageOf(daemon);
    if (source.made > (2 * warmTo) / 3 && source.made <= warmTo) warm.push(rssMb);
    if (source.made > (2 * records) / 3) late.push(rssMb);
  }
  daemon.stdin.end();
  await ended(daemon);
  check(db, source.truth);
  rmSync(db);
  return { warmMb: median(warm), lateMb: median(late) };
}

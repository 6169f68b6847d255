import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, DAEMON, ended, usageOf } from './harness.ts';
import { Records } from './records.ts';

const PIECE = 2000;
/** A collector's heap has found its size by then. */
const WARM_RECORDS = 1_500_000;

export interface Memory {
  /** The most that the daemon held of this machine's memory over the first fifth of the records, one and a half million at least. */
  readonly warmMb: number;
  /** And over the rest. */
  readonly mostMb: number;
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
  const warm = Math.max(records / 5, WARM_RECORDS);
  let warmMb = 0;
  let mostMb = 0;
  while (source.made < records) {
    let text = '';
    for (let at = 0; at < PIECE && source.made < records; at++) text += `type=SECCOMP msg=${source.next()}\n`;
    if (!daemon.stdin.write(text, 'latin1')) await once(daemon.stdin, 'drain');
    const { rssMb } = usageOf(daemon);
    if (source.made < warm) warmMb = Math.max(warmMb, rssMb);
    else mostMb = Math.max(mostMb, rssMb);
  }
  daemon.stdin.end();
  await ended(daemon);
  check(db, source.truth);
  rmSync(db);
  return { warmMb, mostMb };
}

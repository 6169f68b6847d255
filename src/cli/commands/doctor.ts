import { diagnose } from '../../app/machine/doctor.ts';
import { usesOf } from '../../app/machine/loss-settings.ts';
import { readMachine } from '../../app/machine/machine.ts';
import type { Finding } from '../../app/machine/verdict.ts';
import { loadConfig } from '../../config/load.ts';
import { printable } from '../../record/name.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import { type Painter, painter } from '../paint.ts';
import type { usage } from '../usage/doctor.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage>;

export async function run({ db, json, config }: Args, { stdout, env }: Context): Promise<Outcome> {
  const daemon = config === undefined ? undefined : loadConfig(config);
  const machine = await readMachine(databaseOf(db ?? daemon?.database, env));
  const findings = diagnose(machine, daemon && usesOf(daemon));
  const faults = findings.filter((finding) => finding.verdict !== 'ok');
  if (json) stdout.write(`${JSON.stringify({ fine: faults.length === 0, findings }, undefined, 2)}\n`);
  else stdout.write(table(findings, painter(stdout, env)));
  return faults.length === 0 ? EXIT.ok : EXIT.differs;
}

function table(findings: readonly Finding[], paint: Painter): string {
  const width = Math.max(...findings.map((finding) => finding.what.length));
  const colours = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const lines = findings.flatMap(({ what, verdict, told, fix }) => {
    const line = `${colours[verdict](verdict.padEnd(4))}  ${what.padEnd(width)}  ${printable(told)}`;
    return fix === undefined ? [line] : [line, `${' '.repeat(width + 8)}${paint.bold(`fix: ${printable(fix)}`)}`];
  });
  return `${lines.join('\n')}\n`;
}

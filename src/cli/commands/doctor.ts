import { diagnose, type Finding } from '../../app/doctor.ts';
import { readMachine } from '../../app/machine.ts';
import { printable } from '../../record/name.ts';
import { type Command, EXIT } from '../command.ts';
import { databaseOf, withDatabase } from '../options.ts';
import { type Painter, painter } from '../paint.ts';

interface Args {
  readonly db?: string;
  readonly json?: boolean;
}

export const command: Command<Args> = {
  usage: 'doctor',
  describe:
    'Check what of this machine works for observing and enforcing: most of it by trying. The fix stands beside each fault.',
  examples: [
    ['profiler doctor', 'exit 0: all is well; 1: something would be lost or does not work'],
    ['sudo profiler doctor', 'what root could do here'],
    ['profiler doctor --json', 'for programs'],
  ],
  options: (yargs) => withDatabase(yargs).option('json', { type: 'boolean', describe: 'print JSON' }),
  run: async ({ db, json }, { stdout, env }) => {
    const findings = diagnose(await readMachine(databaseOf(db, env)));
    const faults = findings.filter((finding) => finding.verdict !== 'ok');
    if (json) stdout.write(`${JSON.stringify({ fine: faults.length === 0, findings }, undefined, 2)}\n`);
    else stdout.write(table(findings, painter(stdout, env)));
    return faults.length === 0 ? EXIT.ok : EXIT.differs;
  },
};

function table(findings: readonly Finding[], paint: Painter): string {
  const width = Math.max(...findings.map((finding) => finding.what.length));
  const colours = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const lines = findings.flatMap(({ what, verdict, told, fix }) => {
    const line = `${colours[verdict](verdict.padEnd(4))}  ${what.padEnd(width)}  ${printable(told)}`;
    return fix === undefined ? [line] : [line, `${' '.repeat(width + 8)}${paint.bold(`fix: ${printable(fix)}`)}`];
  });
  return `${lines.join('\n')}\n`;
}

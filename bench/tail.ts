import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tailFile } from '../src/source/tail/tail-file.ts';
import { type Bench, type Figure, median } from './harness.ts';

const SINGLES = 100;
const RATE = 10_000;
const LOAD_S = 5;
/** Appends RATE lines a second, ten at once, each with its number and the time in microseconds. */
const WRITER = `
  const { openSync, writeSync } = require('node:fs');
  const fd = openSync(process.argv[1], 'a');
  const [rate, seconds] = process.argv.slice(2).map(Number);
  const pad = 'type=SECCOMP msg=audit(1613596317.899:6461): auid=1000 uid=1000 gid=1000 ses=2 pid=812 comm="bench" exe="/usr/bin/bench" sig=0 arch=c000003e syscall=1 compat=0 ip=0x7f0000000000 code=0x7ffc0000';
  const started = performance.now();
  let done = 0;
  const tick = () => {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - started) / 1000) * rate));
    while (done + 10 <= due) {
      let text = '';
      for (let i = 0; i < 10; i++) text += (performance.timeOrigin + performance.now()).toFixed(3) + ' ' + pad + ' n=' + done++ + '\\n';
      writeSync(fd, text);
    }
    if (done < rate * seconds) setTimeout(tick, 1);
  };
  tick();
`;

/** How late a line is seen after it was appended, by the tail alone. */
export const tail: Bench = async ({ folder, scale, show }) => {
  const log = join(folder, 'audit.log');
  const stop = new AbortController();
  const late: number[] = [];
  writeFileSync(log, 'a line that is there before\n');
  const reading = read(log, stop.signal, late);
  await until(() => late.length === 1);
  late.length = 0;
  const singles = Math.ceil(SINGLES * scale);
  for (let at = 0; at < singles; at++) {
    appendFileSync(log, `${nowMs().toFixed(3)} single\n`);
    await sleep(35 + (at % 7));
  }
  await until(() => late.length >= singles);
  show(figure('the tail alone, single appends: to seen', late, 50));
  late.length = 0;
  const seconds = Math.ceil(LOAD_S * scale);
  await write(log, seconds);
  await until(() => late.length >= RATE * seconds);
  show(figure(`the tail alone, ${RATE} lines/s: to seen`, late, 300));
  stop.abort();
  await reading;
};

function figure(what: string, late: readonly number[], aim: number): Figure {
  return { what: `${what}, median`, value: median(late), unit: 'ms', aim };
}

async function read(log: string, signal: AbortSignal, late: number[]): Promise<void> {
  for await (const { chunk } of tailFile(log, { warn: console.error }).batches(undefined, signal)) {
    const seenMs = nowMs();
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(0x0a, at);
      late.push(seenMs - Number(chunk.toString('latin1', at, chunk.indexOf(0x20, at))));
      at = end + 1;
    }
  }
}

async function write(log: string, seconds: number): Promise<void> {
  const writer = spawn(process.execPath, ['-e', WRITER, log, String(RATE), String(seconds)], { stdio: 'inherit' });
  await new Promise((resolve) => writer.on('close', resolve));
}

async function until(is: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !is(); await sleep(5)) {
    if (performance.now() > end) throw new Error('lines that were appended are not seen');
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

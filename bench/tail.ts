/** How late a line is seen after it was appended, and what following costs: `tsx bench/tail.ts`. Nothing here fails a build. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tailFile } from '../src/source/tail/tail-file.ts';

const SINGLES = 100;
const RATE = 10_000;
const LOAD_S = 5;
const IDLE_S = 5;
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

const folder = mkdtempSync(join(tmpdir(), 'profiler-bench-'));
const log = join(folder, 'audit.log');
const stop = new AbortController();
const late: number[] = [];
let lines = 0;
let last = -1;

try {
  writeFileSync(log, 'a line that is there before\n');
  const reading = read();
  await sleep(500);
  late.length = lines = 0;
  const idle = await during(() => sleep(IDLE_S * 1000));
  console.log(`idle: CPU ${idle.cpu.toFixed(2)} % of a core over ${IDLE_S} s`);
  for (let at = 0; at < SINGLES; at++) {
    appendFileSync(log, `${nowMs().toFixed(3)} single\n`);
    await sleep(35 + (at % 7));
  }
  await settle(() => lines >= SINGLES);
  report(`${SINGLES} single appends, 26 a second`, SINGLES, 50);
  const load = await during(write);
  await settle(() => lines >= RATE * LOAD_S);
  report(`${RATE} lines a second for ${LOAD_S} s`, RATE * LOAD_S, 300);
  const micros = (load.cpu * LOAD_S * 1e4) / (RATE * LOAD_S);
  console.log(`  CPU ${load.cpu.toFixed(1)} % of a core, ${micros.toFixed(2)} µs a line, last number ${last}`);
  console.log(`  RSS ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB (with tsx)`);
  stop.abort();
  await reading;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function read(): Promise<void> {
  for await (const { chunk } of tailFile(log, { warn: console.error }).batches(undefined, stop.signal)) {
    const seenMs = nowMs();
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(0x0a, at);
      late.push(seenMs - Number(chunk.toString('latin1', at, chunk.indexOf(0x20, at))));
      lines++;
      if (end === chunk.length - 1) last = Number(/n=(\d+)$/.exec(chunk.toString('latin1', at, end))?.[1] ?? last);
      at = end + 1;
    }
  }
}

async function write(): Promise<void> {
  const writer = spawn(process.execPath, ['-e', WRITER, log, String(RATE), String(LOAD_S)], { stdio: 'inherit' });
  await new Promise((resolve) => writer.on('close', resolve));
}

async function during(work: () => Promise<void>): Promise<{ readonly cpu: number }> {
  const before = process.cpuUsage();
  const fromMs = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 10 / (performance.now() - fromMs) };
}

async function settle(is: () => boolean): Promise<void> {
  for (const until = performance.now() + 5000; !is() && performance.now() < until; ) await sleep(20);
}

function report(what: string, wanted: number, aimMs: number): void {
  late.sort((a, b) => a - b);
  const at = (share: number): string => (late[Math.floor((late.length - 1) * share)] ?? Number.NaN).toFixed(2);
  const verdict = Number(at(0.5)) <= aimMs ? '' : 'OVER ';
  console.log(`${what}: ${lines} of ${wanted} seen`);
  console.log(`  append → yielded, ms: median ${at(0.5)} (aim ${verdict}<= ${aimMs}), 99 % ${at(0.99)}, most ${at(1)}`);
  late.length = 0;
  lines = 0;
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Appends numbered lines to LOG, half ones too, and rotates it by METHOD again and again, until standard input ends; then
 * prints how many lines there are. Usage: writer LOG METHOD SEED
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const [log = '', method = '', seed = '1'] = process.argv.slice(2);
let state = Number(seed);
let fd = openSync(log, 'a');
const stop = new AbortController();
let written = 0;
let rotations = 0;
process.stdin.on('end', () => {
  stop.abort();
});
process.stdin.resume();

/** Below `limit`. */
function random(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

async function append(): Promise<void> {
  const line = `n=${written} ${'x'.repeat(random(8) === 0 ? random(9000) : random(200))} n=${written}\n`;
  written++;
  if (random(4) > 0) {
    writeSync(fd, line);
    return;
  }
  const at = 1 + random(line.length - 1);
  writeSync(fd, line.slice(0, at));
  // A rotation by renaming may come amid a line: its writer ends it in the old file.
  if (method.startsWith('rename') && random(40) === 0) await renamed(() => writeSync(fd, line.slice(at)));
  else {
    await sleep(random(4));
    writeSync(fd, line.slice(at));
  }
}

/** Shifts `log.1` to `log.2` and so on, gzip's too. */
function shift(): void {
  let last = 1;
  while (existsSync(`${log}.${last}`) || existsSync(`${log}.${last}.gz`)) last++;
  for (let at = last - 1; at > 0; at--) {
    for (const packed of ['', '.gz']) {
      if (existsSync(`${log}.${at}${packed}`)) renameSync(`${log}.${at}${packed}`, `${log}.${at + 1}${packed}`);
    }
  }
}

function pack(path: string): void {
  if (!existsSync(path)) return;
  const bytes = gzipSync(readFileSync(path));
  const to = openSync(`${path}.gz`, 'w');
  writeSync(to, bytes.subarray(0, bytes.length >> 1));
  writeSync(to, bytes.subarray(bytes.length >> 1));
  closeSync(to);
  unlinkSync(path);
}

function oldName(): string {
  rotations++;
  if (method.includes('date')) return `${log}-${2_026_000_000 + rotations}`;
  shift();
  return `${log}.1`;
}

async function renamed(between: () => void): Promise<void> {
  const name = oldName();
  renameSync(log, name);
  const early = random(2) === 0;
  if (early) closeSync(openSync(log, 'a'));
  await sleep(random(6));
  between();
  if (random(2) === 0) await append2();
  closeSync(fd);
  fd = openSync(log, 'a');
}

/** A whole line, as from a writer that was not told yet that its file has another name. */
async function append2(): Promise<void> {
  writeSync(fd, `n=${written} x n=${written}\n`);
  written++;
  await sleep(random(3));
}

async function rotate(): Promise<void> {
  if (method.startsWith('rename')) await renamed(() => undefined);
  else {
    copyFileSync(log, oldName());
    await sleep(random(3));
    ftruncateSync(fd);
  }
  if (method.includes('gzip')) pack(`${log}.2`);
}

while (!stop.signal.aborted) {
  for (let lines = 120 + random(250); lines > 0 && !stop.signal.aborted; lines--) {
    await append();
    if (random(12) === 0) await sleep(random(8));
  }
  if (!stop.signal.aborted) await rotate();
}
writeFileSync(`${log}.rotations.txt`, String(rotations));
console.log(written);

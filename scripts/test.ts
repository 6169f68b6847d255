/**
 * Runs every runner of the project one after the other, prints each one's seconds, and ends with
 * `N passed, N failed, N skipped` over all of them; exit 1 when anything failed.
 * `npm test -- NAME…` runs only the runners named (checks, native, unit, live).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Runner {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const CHECKS: readonly (readonly [what: string, command: string])[] = [
  ['generated tables are those of the CSV files', 'tsx src/kernel/generate.ts --check'],
  ['types', 'tsc --noEmit -p tsconfig.json'],
  ['format', 'biome check --error-on-warnings .'],
  ['lint', 'oxlint --type-aware --deny-warnings src test scripts bench'],
  ['import rules', 'depcruise --config .dependency-cruiser.mjs src'],
  ['dead code', 'knip'],
  [
    'shell scripts',
    'shellcheck scripts/setup scripts/quickstart .ci/run systemd/install test/live/programs/machine.sh test/live/vm/machine.sh test/live/vm/init.sh test/live/vm/agent.sh',
  ],
  ['static analysis of the C code', 'make -s -C native analyze'],
];

const RUNNERS: readonly Runner[] = [
  { name: 'checks', run: checks },
  { name: 'native', run: native },
  { name: 'unit', run: () => vitest('unit') },
  { name: 'live', run: () => vitest('live') },
];

const scratch = mkdtempSync(join(tmpdir(), 'profiler-test-'));
process.exitCode = await main(process.argv.slice(2)).finally(() => rmSync(scratch, { recursive: true, force: true }));

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !RUNNERS.some((runner) => runner.name === name));
  if (unknown.length > 0) {
    console.error(`npm test: no runner ${unknown.join(', ')}: want ${RUNNERS.map((runner) => runner.name).join(', ')}`);
    return 2;
  }
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const startedMs = Date.now();
  console.log(`PROFILER_SWEEP=${process.env.PROFILER_SWEEP ?? '1'} (sweeps scale by it)`);
  for (const { name, run } of RUNNERS.filter((runner) => wanted.length === 0 || wanted.includes(runner.name))) {
    const fromMs = Date.now();
    console.log(`\n== ${name}`);
    const counts = await run();
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    console.log(`== ${name}: ${sentence(counts)} in ${((Date.now() - fromMs) / 1000).toFixed(1)} s`);
  }
  console.log(`\n${((Date.now() - startedMs) / 1000).toFixed(1)} s in all`);
  console.log(sentence(total));
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

async function checks(): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [what, command] of CHECKS) {
    const fromMs = Date.now();
    const { code, output } = await capture(command);
    if (code === 0) counts.passed += 1;
    else counts.failed += 1;
    if (code !== 0) console.log(output);
    console.log(`${code === 0 ? 'ok' : 'FAILED'} ${what} (${((Date.now() - fromMs) / 1000).toFixed(1)} s)`);
  }
  return counts;
}

/** The C runner prints TAP and ends with its own `N passed, N failed, N skipped`. */
async function native(): Promise<Counts> {
  const { code, output } = await capture('make -s -C native test', { echo: true });
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (!last) return { passed: 0, failed: 1, skipped: 0 };
  const counts = { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3]) };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function vitest(project: string): Promise<Counts> {
  const report = join(scratch, `${project}.json`);
  const { code } = await capture(
    `vitest run --project ${project} --reporter=default --reporter=json --outputFile.json=${report}`,
    { echo: true },
  );
  try {
    const found = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numTodoTests: number;
      success: boolean;
    };
    const failed = found.numFailedTests + (found.numFailedTests === 0 && (code !== 0 || !found.success) ? 1 : 0);
    return { passed: found.numPassedTests, failed, skipped: found.numPendingTests + found.numTodoTests };
  } catch (error) {
    console.log(`${project}: no report: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function capture(command: string, { echo = false } = {}): Promise<{ code: number; output: string }> {
  const [program = '', ...args] = command.split(' ');
  const path = `${process.cwd()}/node_modules/.bin:${process.env.PATH ?? ''}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: path } });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (echo) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}\nkilled by ${signal}` : output }),
    );
  });
}

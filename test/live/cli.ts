import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const NATIVE = join(ROOT, 'native/build');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built `profiler`, as a person starts it; stdout and stderr are pipes. */
export function profiler(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<Ended> {
  return run(process.execPath, [join(ROOT, 'dist/cli/bin.js'), ...args], options);
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  { env = process.env, input = '' }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    // A program that does not read its input may be gone before it is written.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** A folder of the test's own; call remove() in afterAll. */
export function scratch(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'profiler-live-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Builds test/live/programs/NAME.c (or a path from the root) into FOLDER and returns the program's path. */
export function build(folder: string, name: string, source: string, flags: readonly string[] = []): string {
  const out = join(folder, name);
  execFileSync('gcc', ['-O2', '-Wall', '-o', out, join(ROOT, source), ...flags]);
  return out;
}

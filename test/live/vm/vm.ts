import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, type Ran } from './agent.ts';
import { debianKernel } from './kernel.ts';

const MACHINE = fileURLToPath(new URL('machine.sh', import.meta.url));
/** Far more than either takes: on a busy machine an emulated one is slow. */
const BOOT_MS = 240_000;
const RUN_MS = 120_000;
/** What the agent may take longer than the command that it ends in time. */
const ANSWER_MS = 60_000;

export interface VmOptions {
  /**
   * `systemd` (the default): Debian's systemd is the first process, with its journald, tmpfiles and sockets and no other
   * service; `systemctl` works. `agent`: no service manager, for what needs none, in half the time.
   */
  readonly init?: 'systemd' | 'agent';
  /** 1024; taken from the host only as far as it is used. */
  readonly memoryMb?: number;
  /**
   * More words of the kernel's command line, e.g. `audit=1`. Without any, audit and AppArmor are as Debian has them: on, no
   * SYSCALL records until something enables them (`auditctl -e 1`). For speed `mitigations=off`; the log buffer holds 16 MiB.
   */
  readonly kernelArguments?: readonly string[];
}

/** A virtual machine that runs. */
export interface Vm {
  /**
   * Runs COMMAND by sh as root, in `/`, and gives its exit code and every byte that it wrote (as UTF-8). One command at a time:
   * the next waits. What it leaves in the background (`&`) runs on. Rejects where it takes longer than `timeoutMs` (two
   * minutes; then it was killed) and where the machine has gone, with the end of the console.
   */
  run(command: string, options?: RunOptions): Promise<Ran>;
  /** What the kernel and the first process printed so far: warnings, a panic. */
  console(): string;
  /** Ends it, without a farewell: everything that it wrote was in memory. May be called twice. */
  end(): Promise<void>;
}

export interface RunOptions {
  readonly timeoutMs?: number;
  /** Its standard input. */
  readonly input?: string | Uint8Array;
}

/**
 * Boots Debian's cloud kernel under QEMU (emulated: no KVM), with two CPUs, no network, AppArmor on and cgroup v2. Its root
 * is this host's file system under a layer in memory: the checkout, Node and scratch folders are at their own paths; nothing
 * that it writes comes back but what run() gives. Files that the host makes later are seen, changes of files seen before may
 * not be. Needs root; `qemu-system-x86` and `busybox-static` are installed by scripts/setup. Ends with this process, however
 * that ends.
 */
export async function bootVm({ init = 'systemd', memoryMb = 1024, kernelArguments = [] }: VmOptions = {}): Promise<Vm> {
  const words = [MACHINE, debianKernel(), init, String(memoryMb), ...kernelArguments];
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'sh', ...words], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const machine = new Machine(child);
  try {
    await machine.booted();
    return machine;
  } catch (error) {
    await machine.end();
    throw error;
  }
}

class Machine implements Vm {
  readonly #child: ChildProcess;
  readonly #agent: Agent;
  readonly #gone: Promise<unknown>;
  #console = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#gone = once(child, 'close');
    const [, out, errors, port, serial] = child.stdio;
    this.#agent = new Agent(port as Duplex);
    for (const stream of [out, errors, serial])
      stream?.on('data', (chunk: Buffer) => (this.#console += chunk.toString()));
  }

  booted(): Promise<void> {
    return this.#within(BOOT_MS, 'boot', this.#agent.ready());
  }

  run(command: string, { timeoutMs = RUN_MS, input = '' }: RunOptions = {}): Promise<Ran> {
    const ran = this.#last.then(() => this.#ask(command, input, timeoutMs));
    this.#last = ran.catch(() => undefined);
    return ran;
  }

  console(): string {
    return this.#console;
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#gone;
  }

  async #ask(command: string, input: string | Uint8Array, timeoutMs: number): Promise<Ran> {
    const fromMs = Date.now();
    const ran = await this.#within(timeoutMs + ANSWER_MS, command, this.#agent.ask(command, input, timeoutMs / 1000));
    // 137: SIGKILL, by which the agent ends it.
    if (ran.code === 137 && Date.now() - fromMs >= timeoutMs) {
      throw new Error(`not within ${timeoutMs} ms: ${command}: ${ran.stdout}${ran.stderr}`);
    }
    return ran;
  }

  async #within<Value>(ms: number, what: string, value: Promise<Value>): Promise<Value> {
    const done = new AbortController();
    const never = (why: string) => () => {
      // Its agent may still be at it: what it answers next would be taken for another command's.
      this.#child.kill('SIGTERM');
      throw new Error(`${what}: the machine ${why}: ${this.#console.slice(-4000)}`);
    };
    try {
      const late = sleep(ms, undefined, { signal: done.signal }).then(never(`did not answer in ${ms} ms`));
      return await Promise.race([value, this.#gone.then(never('has gone')), late]);
    } finally {
      done.abort();
    }
  }
}

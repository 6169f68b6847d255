import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { auditLog, T0 } from '../app/audit-lines.ts';
import { ask as askMetrics } from '../daemon/metrics/ask.ts';
import { record } from '../observe/records.ts';
import { startJournald } from './carriers.ts';
import { ask, configure, fileSource, until } from './daemon.ts';
import { type Command, heldSources, listenSocket, NOBODY } from './service-listen.ts';
import { type Manager, startManager } from './service-manager.ts';

export interface Start {
  /** Starts the listener, which serves at listenSocket(FOLDER). */
  readonly listen: Command;
  /** Starts `profiler daemon` with these words, as NOBODY. */
  readonly daemon: readonly string[];
  /** Starts `kill -HUP PID`, as the unit's ExecReload= does. */
  readonly kill: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Outcome {
  /** What came by the listener, and its exit code or signal. */
  readonly carriers: readonly string[];
  readonly listener: number | string | null;
  /** Records stored, by the file's name. */
  readonly files: Readonly<Record<string, number>>;
  /** The machine's, then, by the reload, one in a directory. */
  readonly journals: readonly { readonly carrier: string; readonly rejected: number }[];
  /** Its exit code or signal. */
  readonly gone: number | string | null;
  /** Of its log and to the service manager, each sort once. */
  readonly messages: readonly string[];
  readonly told: readonly string[];
}

/**
 * What a service meets in its life, short: old files, a file that comes, grows, is rotated, truncated and deleted, a burst,
 * the journal, scrapes of its metrics, a reload, a watchdog, a stop that interrupts its calls, its end. In FOLDER, which every user may look into.
 */
export async function serviceLife(folder: string, { listen, daemon, kill, env }: Start): Promise<Outcome> {
  const life = new Life(folder, await startManager(join(folder, 'notify')));
  try {
    await life.prepare();
    await life.listen(listen);
    await life.start([...daemon, '--config', join(folder, 'state/profiler.toml')], env);
    await life.follow();
    await life.reload(kill, env);
    await life.interrupt();
    return await life.end();
  } finally {
    life.clear();
  }
}

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => auditLog(record([T0 + ((from + at) >> 4), from + at]))).join('');

const sorts = (words: readonly string[]): string[] => [...new Set(words)].sort();

const runs = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;
class Life {
  readonly #folder: string;
  readonly #manager: Manager;
  readonly #log: string;
  readonly #more: string;
  readonly #state: string;
  readonly #journal: string;
  #child: ChildProcess | undefined;
  #listener: ChildProcess | undefined;
  #said = '';

  constructor(folder: string, manager: Manager) {
    this.#folder = folder;
    this.#manager = manager;
    this.#log = join(folder, 'audit.log');
    this.#more = join(folder, 'more.log');
    this.#state = join(folder, 'state');
    this.#journal = join(folder, 'journal');
  }

  /** A journal that journald made and only root may read, a log with a packed old one, and a place for the database. */
  async prepare(): Promise<void> {
    mkdirSync(this.#state);
    mkdirSync(dirname(listenSocket(this.#folder)));
    writeFileSync(join(this.#folder, 'audit.log.1.gz'), gzipSync(lines(1, 100)));
    await (await startJournald(this.#journal)).stop();
    this.#configure('', 'metrics.sock');
    chownSync(this.#state, NOBODY, NOBODY);
  }

  async listen({ words, env }: Command): Promise<void> {
    const [program = '', ...args] = words;
    this.#listener = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...env, NOTIFY_SOCKET: join(this.#folder, 'notify') },
    });
    await this.#told(/^READY=1\nSTATUS=holds/, this.#listener);
  }

  async start(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
    const [program = '', ...args] = words;
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...env, NOTIFY_SOCKET: join(this.#folder, 'notify'), WATCHDOG_USEC: '200000' },
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    await this.#told(/^READY=1\nSTATUS=reading/);
  }

  async follow(): Promise<void> {
    await this.#scrape('metrics.sock');
    writeFileSync(this.#log, lines(1000, 10));
    await this.#counted(/audit\.log/, 110);
    appendFileSync(this.#log, lines(2000, 5));
    await this.#counted(/audit\.log/, 115);
    renameSync(this.#log, `${this.#log}.1`);
    writeFileSync(this.#log, lines(3000, 20_000));
    await this.#counted(/audit\.log/, 20_115);
    writeFileSync(this.#log, lines(30_000, 3));
    await this.#counted(/audit\.log/, 20_118);
    rmSync(this.#log);
    // journalctl complained, and is started again. Then journald says that it starts: the journal that is followed grows.
    await this.#until(() => /insufficient permissions/.test(this.#said), 'a journal that it may not read');
    this.#openJournal();
    await this.#until(() => this.#sources().some(({ source }) => /journal/.test(source)), 'the journal');
    await (await startJournald(this.#journal)).stop();
    this.#openJournal();
    await this.#told(/^WATCHDOG=1$/);
  }

  async reload(kill: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
    writeFileSync(this.#more, lines(40_000, 7));
    this.#configure(`directory = "${this.#journal}"\n${fileSource(this.#more)}`, 'moved.sock');
    const [program = '', ...args] = kill;
    const killer = spawn(program, [...args, '-HUP', String(this.#pid())], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
    const [code] = (await once(killer, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`kill ended with ${code}`);
    await this.#counted(/more\.log/, 7);
    await this.#scrape('moved.sock');
  }

  /** Calls that wait are begun again by restart_syscall. */
  async interrupt(): Promise<void> {
    process.kill(this.#pid(), 'SIGSTOP');
    process.kill(this.#pid(), 'SIGCONT');
    appendFileSync(this.#more, lines(50_000, 4));
    await this.#counted(/more\.log/, 11);
  }

  async end(): Promise<Outcome> {
    const child = this.#child as ChildProcess;
    const gone = once(child, 'close') as Promise<[number | null, string | null]>;
    process.kill(this.#pid(), 'SIGTERM');
    const [code, signal] = await gone;
    const listener = await this.#endListener();
    const rows = this.#sources();
    const journals = rows.filter(({ source }) => /journal/.test(source));
    const files = rows.filter(({ source }) => source.endsWith('.log'));
    const held = rows.filter(({ source }) => /:(?:netlink|kmsg)$/.test(source));
    return {
      carriers: sorts(held.map(({ carrier }) => carrier)),
      listener,
      files: Object.fromEntries(files.map(({ source, records }) => [source.split('/').at(-1), records])),
      journals: journals.map(({ carrier, rejected }) => ({ carrier, rejected })),
      gone: code ?? signal,
      messages: sorts(this.#messages().map(({ level, msg }) => `${level}: ${msg}`)),
      told: sorts(this.#manager.told.map((message) => message.split(/[=\n]/)[0] ?? '')),
    };
  }

  clear(): void {
    for (const child of [this.#child, this.#listener]) if (child && runs(child)) child.kill('SIGKILL');
    this.#manager.stop();
  }

  /** Who observes passes the signal on. */
  async #endListener(): Promise<number | string | null> {
    const child = this.#listener as ChildProcess;
    if (runs(child)) {
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
    }
    return child.exitCode ?? child.signalCode;
  }

  #openJournal(): void {
    execFileSync('chmod', ['-R', 'a+rX', this.#journal]);
  }

  async #scrape(name: string): Promise<void> {
    const socketPath = join(this.#state, name);
    await this.#until(() => existsSync(socketPath), name);
    const { status } = await askMetrics({ socketPath });
    if (status !== 200) throw new Error(`/metrics by ${name} answered ${status}`);
  }

  #configure(more: string, socket: string): void {
    const config = configure(
      this.#state,
      `${fileSource(this.#log, 'since = "2w"')}${heldSources(this.#folder)}[[source]]\nkind = "journal"\n${more}`,
      `[metrics]\nsocket = "${join(this.#state, socket)}"`,
    );
    chmodSync(config, 0o644);
  }

  #messages(): { level: string; msg: string; pid: number }[] {
    const whole = this.#said.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return whole.map((line) => JSON.parse(line) as { level: string; msg: string; pid: number });
  }

  #pid(): number {
    const pid = this.#messages()[0]?.pid;
    if (pid === undefined) throw new Error(`the daemon said nothing: ${this.#said}`);
    return pid;
  }

  #sources(): { source: string; carrier: string; records: number; rejected: number }[] {
    return ask(this.#state, 'SELECT source, carrier, records, rejected FROM source');
  }

  async #told(message: RegExp, by = this.#child): Promise<void> {
    await this.#until(() => this.#manager.told.some((one) => message.test(one)), String(message), by);
  }

  async #counted(source: RegExp, records: number): Promise<void> {
    const sum = () =>
      this.#sources()
        .filter((row) => source.test(row.source))
        .reduce((total, row) => total + row.records, 0);
    await this.#until(() => existsSync(join(this.#state, 'p.db')) && sum() >= records, `${records} of ${source}`);
    await sleep(20);
  }

  async #until(what: () => boolean, text: string, by = this.#child): Promise<void> {
    const ended = () => by === undefined || !runs(by);
    await until(() => what() || ended(), 20_000).catch(() => undefined);
    if (what()) return;
    const state = by?.signalCode ?? by?.exitCode ?? 'runs';
    throw new Error(
      `the service (${state}) has not come to ${text}: ${this.#said} ${JSON.stringify(this.#manager.told)}`,
    );
  }
}

import { Random } from './random.ts';

/** The same for every corpus, so that a figure can be had again. */
export const SEED = 20_261_122;

/** What a log holds: how often each program made each call. */
export type Truth = Map<string, Map<number, number>>;

interface Program {
  /** As the kernel prints it. */
  readonly exe: string;
  readonly comm: string;
  /** As profiler shows it. */
  readonly path: string;
  readonly counts: Map<number, number>;
}

interface Running {
  readonly program: Program;
  /** From ` auid=` to ` syscall=`: the same for every record of one process. */
  readonly who: string;
  readonly ips: readonly string[];
  readonly calls: readonly number[];
  made: number;
  readonly length: number;
}

const PLAIN = ['nginx', 'sshd', 'cron', 'python3.11', 'bash', 'curl', 'postgres', 'gcc-12', 'node', 'redis-server'];
const HOSTILE = [
  'a b',
  'x" exe="/bin/sh" sig=0 arch=c000003e syscall=59',
  'é€',
  '\x1b[31mred',
  'new\nline',
  'code=0x0 ',
];
/** What a dynamic program calls when it starts, on x86_64. */
const START = [59, 12, 9, 21, 257, 5, 3, 0, 17, 158, 218, 273, 334, 302, 10, 11, 318];
const EXIT_GROUP = 231;
/** execve, exit_group, execveat: they change a process, and a program seldom makes them on its way. */
const ONCE = new Set([59, EXIT_GROUP, 322]);
/** So many processes at once, each for so many calls in a row at most. */
const SIDE_BY_SIDE = 6;
const SLICE = 48;
const CALLS_OF_A_RUN = 2100;
const MICROS_A_CALL = 12;
/** CONFIG_HZ=250, Debian's: the kernel stamps with its tick. */
const TICK_MS = 4;
const T0 = 1_795_310_000_000;

/** Records of several programs that run side by side, several thousand runs for five million records. */
export class Records {
  readonly truth: Truth = new Map();
  made = 0;
  readonly #random = new Random(SEED);
  readonly #programs: readonly Program[];
  readonly #running: Running[] = [];
  #current: Running | undefined;
  #left = 0;
  #serial = 1000;
  #micros = 0;
  #pid = 700;
  #ses = 3;

  constructor() {
    this.#programs = [...PLAIN, ...HOSTILE].map((name) => program(name));
    for (const { path, counts } of this.#programs) this.truth.set(path, counts);
  }

  /** `audit(STAMP): BODY` of the next record. */
  next(): string {
    const running = this.#scheduled();
    const nr = this.#callOf(running);
    running.made++;
    if (nr === EXIT_GROUP) this.#end(running);
    const { counts } = running.program;
    counts.set(nr, (counts.get(nr) ?? 0) + 1);
    this.made++;
    this.#micros += MICROS_A_CALL;
    return `${this.stamp()}${running.who}${nr} compat=0 ip=0x${running.ips[nr % running.ips.length]} code=0x7ffc0000`;
  }

  /** `audit(STAMP): ` of the next event, of whatever type. */
  stamp(): string {
    const ms = T0 + Math.floor(this.#micros / 1000 / TICK_MS) * TICK_MS;
    return `audit(${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}:${this.#serial++}): `;
  }

  /** The start first, then whatever the program does. */
  #callOf({ made, calls, length }: Running): number {
    if (made === length) return EXIT_GROUP;
    return START[made] ?? this.#random.of(calls);
  }

  #scheduled(): Running {
    if (this.#current && this.#left-- > 0) return this.#current;
    while (this.#running.length < SIDE_BY_SIDE) this.#running.push(this.#start());
    this.#left = this.#random.below(SLICE);
    return (this.#current = this.#random.of(this.#running));
  }

  #start(): Running {
    const random = this.#random;
    const started = random.of(this.#programs);
    this.#pid = this.#pid > 4_000_000 ? 700 : this.#pid + 1 + random.below(9);
    if (random.below(8) === 0) this.#ses++;
    const uid = random.of([0, 0, 33, 1000]);
    const ids = `auid=${uid === 0 ? 4294967295 : uid} uid=${uid} gid=${uid} ses=${this.#ses} pid=${this.#pid}`;
    const more = Array.from({ length: 14 }, () => random.below(335)).filter((nr) => !ONCE.has(nr));
    const base = 0x7f0000000000 + random.below(0x7fffffff) * 0x10;
    return {
      program: started,
      who: `${ids} comm=${started.comm} exe=${started.exe} sig=0 arch=c000003e syscall=`,
      ips: Array.from({ length: 24 }, (_, at) => (base + at * 0x1a4).toString(16)),
      calls: [...START.slice(1), ...more],
      made: 0,
      length: START.length + random.below(CALLS_OF_A_RUN),
    };
  }

  #end(running: Running): void {
    this.#running.splice(this.#running.indexOf(running), 1);
    this.#current = undefined;
  }
}

function program(name: string): Program {
  const path = `/usr/bin/${name}`;
  return {
    exe: untrusted(path),
    comm: untrusted(Buffer.from(name).subarray(0, 15).toString('latin1'), 'latin1'),
    path: shown(path),
    counts: new Map(),
  };
}

/** As audit_log_untrustedstring() prints it. */
function untrusted(text: string, encoding: BufferEncoding = 'utf8'): string {
  const plain = /^[\x21\x23-\x7e]*$/.test(text);
  return plain ? `"${text}"` : Buffer.from(text, encoding).toString('hex').toUpperCase();
}

/** Controls are the only bytes of ours that profiler does not show as they are. */
function shown(path: string): string {
  return path.replaceAll(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

import type { Call } from './filter.ts';

/** struct sock_filter. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export interface Returned {
  /** Action and data. */
  readonly value: number;
  /** More than the number and the architecture was read. */
  readonly byArgument: boolean;
}

/** BPF_MAXINSNS, and the size of an instruction and of struct seccomp_data. */
const MOST = 4096;
const SIZE = 8;
const DATA_SIZE = 64;
const MEMORY = 16;

/** The instructions of a raw program in this machine's byte order; undefined where no kernel would take it as a seccomp filter. */
export function decodeProgram(bytes: Uint8Array): readonly Instruction[] | undefined {
  if (bytes.length === 0 || bytes.length % SIZE !== 0 || bytes.length > MOST * SIZE) return undefined;
  const { buffer } = Uint8Array.from(bytes);
  const [halves, words] = [new Uint16Array(buffer), new Uint32Array(buffer)];
  const program = Array.from({ length: bytes.length / SIZE }, (_, at) => ({
    code: halves[at * 4] ?? 0,
    jt: bytes[at * SIZE + 2] ?? 0,
    jf: bytes[at * SIZE + 3] ?? 0,
    k: words[at * 2 + 1] ?? 0,
  }));
  return isAccepted(program) ? program : undefined;
}

/** What seccomp_check_filter() and bpf_check_classic() take (kernel/seccomp.c, net/core/filter.c): so every program ends. */
function isAccepted(program: readonly Instruction[]): boolean {
  const fits = ({ code, jt, jf, k }: Instruction, at: number): boolean => {
    const left = program.length - at - 1;
    if (code === JA) return k < left;
    if (JUMPS.has(code & ~X)) return jt < left && jf < left;
    if (code === LD_ABS) return k < DATA_SIZE && k % 4 === 0;
    if (USES_MEMORY.has(code)) return k < MEMORY;
    if (code === (ALU | 0x30)) return k !== 0;
    return code === RET_K || code === RET_A || code in STEPS;
  };
  return program.every(fits) && [RET_K, RET_A].includes(program.at(-1)?.code ?? 0);
}

/** Runs a program that was accepted for a call whose arguments are all zero. */
export function runProgram(program: readonly Instruction[], call: Call): Returned {
  const machine: Machine = { a: 0, x: 0, memory: new Uint32Array(MEMORY), call, byArgument: false };
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at] ?? { code: RET_K, jt: 0, jf: 0, k: 0 };
    if (code === RET_K || code === RET_A)
      return { value: code === RET_A ? machine.a : k, byArgument: machine.byArgument };
    if (code === JA) at += k;
    else if (JUMPS.has(code & ~X)) at += JUMPS.get(code & ~X)?.(machine.a, code & X ? machine.x : k) ? jt : jf;
    else STEPS[code]?.(machine, k);
  }
  return { value: 0, byArgument: machine.byArgument };
}

interface Machine {
  a: number;
  x: number;
  readonly memory: Uint32Array;
  readonly call: Call;
  byArgument: boolean;
}

/** linux/bpf_common.h; the operand is the instruction's own, or with this bit the register X. */
const X = 0x08;
const ALU = 0x04;
const JA = 0x05;
const RET_K = 0x06;
const RET_A = 0x16;
const LD_ABS = 0x20;
const USES_MEMORY = new Set([0x60, 0x61, 0x02, 0x03]);

const JUMPS: ReadonlyMap<number, (a: number, operand: number) => boolean> = new Map([
  [0x15, (a: number, operand: number) => a === operand],
  [0x25, (a: number, operand: number) => a > operand],
  [0x35, (a: number, operand: number) => a >= operand],
  [0x45, (a: number, operand: number) => (a & operand) !== 0],
]);

type Step = (machine: Machine, k: number) => void;

const COMPUTE: Readonly<Record<number, (a: number, operand: number) => number>> = {
  0x00: (a, operand) => a + operand,
  0x10: (a, operand) => a - operand,
  0x20: (a, operand) => Math.imul(a, operand),
  0x30: (a, operand) => (operand === 0 ? 0 : Math.floor(a / operand)),
  0x40: (a, operand) => a | operand,
  0x50: (a, operand) => a & operand,
  0x60: (a, operand) => (operand > 31 ? 0 : a << operand),
  0x70: (a, operand) => (operand > 31 ? 0 : a >>> operand),
  0x80: (a) => -a,
  0xa0: (a, operand) => a ^ operand,
};

/** Every instruction that a seccomp filter may have but jumps and returns. */
const STEPS: Readonly<Record<number, Step>> = {
  [LD_ABS]: (machine, k) => {
    machine.byArgument ||= k > 4;
    machine.a = { 0: machine.call.nr, 4: machine.call.archToken }[k] ?? 0;
    machine.a >>>= 0;
  },
  0x00: (machine, k) => void (machine.a = k),
  0x01: (machine, k) => void (machine.x = k),
  0x80: (machine) => void (machine.a = DATA_SIZE),
  0x81: (machine) => void (machine.x = DATA_SIZE),
  0x60: (machine, k) => void (machine.a = machine.memory[k] ?? 0),
  0x61: (machine, k) => void (machine.x = machine.memory[k] ?? 0),
  0x02: (machine, k) => void (machine.memory[k] = machine.a),
  0x03: (machine, k) => void (machine.memory[k] = machine.x),
  0x07: (machine) => void (machine.x = machine.a),
  0x87: (machine) => void (machine.a = machine.x),
  ...Object.fromEntries(
    Object.entries(COMPUTE).flatMap(([operation, compute]): [number, Step][] => [
      [ALU | Number(operation), (machine, k) => void (machine.a = compute(machine.a, k) >>> 0)],
      [ALU | Number(operation) | X, (machine) => void (machine.a = compute(machine.a, machine.x) >>> 0)],
    ]),
  ),
};

import { UsageError } from '../errors.ts';
import { decodeProgram, type Instruction, runProgram } from './bpf-machine.ts';
import type { Call, Filter, Verdict } from './filter.ts';

/** SECCOMP_RET_* (uapi/linux/seccomp.h): the action is in the upper half. */
const VERDICTS: ReadonlyMap<number, Verdict> = new Map([
  [0x7fff_0000, 'allow'],
  [0x7ffc_0000, 'allow'],
  [0x7ff0_0000, 'conditional'],
  [0x7fc0_0000, 'conditional'],
]);

/** A raw program, as `bwrap --seccomp` takes it, run for each call that is asked for. */
export function readBpf(bytes: Uint8Array): Filter {
  const program = decodeProgram(bytes);
  if (!program)
    throw new UsageError('want a BPF program: 1 to 4096 instructions of 8 bytes that a seccomp filter may have');
  return { verdict: (call) => verdict(program, call), names: [], remarks: [] };
}

function verdict(program: readonly Instruction[], call: Call): Verdict {
  const { value, byArgument } = runProgram(program, call);
  return byArgument ? 'conditional' : (VERDICTS.get(value & 0x7fff_0000) ?? 'deny');
}

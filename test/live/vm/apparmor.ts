import { randomUUID } from 'node:crypto';
import type { Ran } from './agent.ts';
import type { RunOptions, Vm } from './vm.ts';

export interface Confined extends Ran {
  /** The kernel's type=1400 records from the program's start to its end: all, in order, in the words of /dev/kmsg. */
  readonly records: readonly string[];
}

/** Loads PROFILE, an AppArmor profile's text, in place of one of that name. Throws with what apparmor_parser says of it. */
export async function loadProfile(vm: Vm, profile: string): Promise<void> {
  const { code, stdout, stderr } = await vm.run('apparmor_parser --replace --skip-cache', { input: profile });
  if (code !== 0) throw new Error(`apparmor_parser ended with ${code}: ${stdout}${stderr}`);
}

/**
 * Runs COMMAND (words of the shell, the first a program) under the loaded profile NAME, whatever path that is for. The
 * kernel log's rate limit is off from then on, so that no record is missing.
 */
export function runUnder(vm: Vm, name: string, command: string, options?: RunOptions): Promise<Confined> {
  return runRecorded(vm, `exec aa-exec -p '${name}' -- ${command}`, options);
}

/** Runs COMMAND, whoever of it is under which profile. */
export async function runRecorded(vm: Vm, command: string, options?: RunOptions): Promise<Confined> {
  await vm.run('sysctl -qw kernel.printk_ratelimit=0');
  const from = await mark(vm);
  const ran = await vm.run(command, options);
  return { ...ran, records: await recordsBetween(vm, from, await mark(vm)) };
}

/** A place in the kernel's log, by the record that it writes of a profile that is loaded. */
async function mark(vm: Vm): Promise<string> {
  const name = `vm-mark-${randomUUID()}`;
  await loadProfile(vm, `profile ${name} {}`);
  return name;
}

/** Records are printed in order, a moment after what they tell of: when TO is there, so is all before it. */
async function recordsBetween(vm: Vm, from: string, to: string): Promise<string[]> {
  const { stdout } = await vm.run(`
    printed() { dd if=/dev/kmsg iflag=nonblock bs=8k 2>/dev/null | grep -a ';audit: type=1400 '; }
    until printed | grep -q '${to}'; do sleep 0.1; done
    printed | sed -n '/${from}/,/${to}/p' | sed '1d;$d'`);
  return stdout.split('\n').filter((line) => line !== '');
}

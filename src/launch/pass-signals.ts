import { readFileSync } from 'node:fs';

/** Signals that people and service managers send to a program. */
const PASSED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGCONT'] as const;
/** The terminal sends these to the whole foreground process group, the program included. */
const TYPED: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * From now on this process passes its signals to a child instead of obeying them, until the returned function is called.
 * A signal that was typed reached the child already and is not passed twice.
 */
export function passSignals(pass: (signal: NodeJS.Signals) => void): () => void {
  const listener = (signal: NodeJS.Signals): void => {
    if (!(TYPED.has(signal) && inForeground())) pass(signal);
  };
  for (const signal of PASSED) process.on(signal, listener);
  return () => {
    for (const signal of PASSED) process.off(signal, listener);
  };
}

/** proc_pid_stat(5): the process group (field 5) is the foreground group (8) of the controlling terminal (7). */
function inForeground(): boolean {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields[4] !== '0' && fields[5] === fields[2];
}

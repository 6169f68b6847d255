import type { Stage } from '../observe/tally.ts';

/**
 * Who loads the filter: `preload`: libsandbox.so, after the loader; `launcher`: sandboxify, when execve returns;
 * `systemd`, `oci` (runc, crun), `minijail`: before they execute the program, so that calls of their own are under it.
 */
export type Point = 'preload' | 'launcher' | 'systemd' | 'oci' | 'minijail';
export const POINTS: readonly Point[] = ['preload', 'launcher', 'systemd', 'oci', 'minijail'];

/** The point that a list of this stage is for where nobody names one; undefined: nobody said where the filter began. */
export function defaultPoint(stage: Stage): Point | undefined {
  return stage === 'unknown' ? undefined : stage;
}

/** The stage whose records cover all that the program does under a filter that is loaded there. */
export function stageFor(point: Point): 'preload' | 'launcher' {
  return point === 'preload' ? 'preload' : 'launcher';
}

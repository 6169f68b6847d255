/**
 * How far a list reaches beyond what was seen. `none`: not at all; `libc`: what an ordinary run under the same libc may need
 * without having shown it; `portable`: that, and what other libc versions, kernels and ABIs make in place of it.
 */
export type Closure = 'none' | 'libc' | 'portable';
export const CLOSURES: readonly Closure[] = ['none', 'libc', 'portable'];

/** What is known of libcs and kernels, as data: rules only ever add, so that a closure is monotone. */
export interface ClosureRule {
  readonly set: 'libc' | 'portable';
  readonly id: string;
  readonly why: string;
  /** The libcs that it is of (`glibc 2.36`, `musl 1.2.3`); undefined: all. Where a run's is not known, it may be any. */
  readonly libc?: RegExp;
  /** Any of these on the list asks for it; empty: every program may need it. */
  readonly when: readonly string[];
  /** Names of any ABI; the closure takes those that the list's ABI has. */
  readonly adds: readonly string[];
}

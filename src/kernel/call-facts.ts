import { CALL_FACTS } from './call-facts.gen.ts';

/** What a call touches. A call that serves several is where it does its harm. */
export const RESOURCES = [
  'files',
  'network-client',
  'network-server',
  'network',
  'processes',
  'memory',
  'signals',
  'events',
  'ipc',
  'time',
  'users',
  'mounts',
  'kernel',
] as const;
export type Resource = (typeof RESOURCES)[number];

/** Facts of one call, by its name alone. */
export interface CallFacts {
  readonly resource: Resource;
  /** Whether the default list of containers allows it without an added capability (containers-common 0.50.1 seccomp.json): `if`: on conditions. */
  readonly container: 'yes' | 'if' | 'no';
  /** 0 (nothing special) to 10 (the kernel itself): in the hands of one who has taken the process over. */
  readonly danger: number;
  /** Why it is dangerous; '' where it is not. */
  readonly why: string;
}

/** Undefined for a name that is in no table. */
export function callFacts(name: string): CallFacts | undefined {
  return (facts ??= read()).get(name);
}

// Read when first asked for: most commands never ask.
let facts: ReadonlyMap<string, CallFacts> | undefined;

function read(): ReadonlyMap<string, CallFacts> {
  return new Map(
    CALL_FACTS.split('\n').map((line) => {
      const [name = '', resource, container, danger, why = ''] = line.split('|');
      const row = { resource: resource as Resource, container: (container || 'no') as CallFacts['container'] };
      return [name, { ...row, danger: Number(danger), why }];
    }),
  );
}

import type { Store } from '../../store/store.ts';

/** The kernel's word for a session that is not set. */
const UNSET = 0xffff_ffff;

/** Asks the store once for a session that no run was observed in, as most, and once for the records of one millisecond. */
export function observedRuns(store: Store): Store['observedRun'] {
  const sessions = new Map<number, boolean>();
  const isObserved = (ses: number): boolean => {
    let known = sessions.get(ses);
    if (known === undefined) sessions.set(ses, (known = store.isObserved(ses)));
    return known;
  };
  let last:
    | { readonly host: string; readonly ses: number; readonly atMs: number; readonly run: number | undefined }
    | undefined;
  return (host, ses, atMs) => {
    if (ses === UNSET || !isObserved(ses)) return undefined;
    if (last?.host !== host || last.ses !== ses || last.atMs !== atMs) {
      last = { host, ses, atMs, run: store.observedRun(host, ses, atMs) };
    }
    return last.run;
  };
}

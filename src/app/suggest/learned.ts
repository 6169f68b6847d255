import { openStore } from '../../store/open.ts';

export interface Learned {
  /** Full paths, printable text. */
  readonly exes: readonly string[];
  /** Names of runs. */
  readonly names: readonly string[];
  /** AppArmor's, of the root's policy. */
  readonly profiles: readonly string[];
}

/** What completion offers from the database; nothing where there is none or it cannot be read: a prompt is no place for errors. */
export function learned(database: string): Learned {
  try {
    const store = openStore(database, { readonly: true });
    try {
      const names = store.runs({}).flatMap((run) => run.name ?? []);
      const profiles = store.profiles().flatMap(({ namespace, profile }) => (namespace === '' ? [profile] : []));
      return { exes: store.exes(), names: [...new Set(names)], profiles };
    } finally {
      store.close();
    }
  } catch {
    return { exes: [], names: [], profiles: [] };
  }
}

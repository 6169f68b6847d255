import { openStore } from '../../store/open.ts';

export interface Learned {
  /** Full paths, printable text. */
  readonly exes: readonly string[];
  /** Names of runs. */
  readonly names: readonly string[];
}

/** What completion offers from the database; nothing where there is none or it cannot be read: a prompt is no place for errors. */
export function learned(database: string): Learned {
  try {
    const store = openStore(database, { readonly: true });
    try {
      const names = store.runs({}).flatMap((run) => run.name ?? []);
      return { exes: store.exes(), names: [...new Set(names)] };
    } finally {
      store.close();
    }
  } catch {
    return { exes: [], names: [] };
  }
}

import type { Database } from 'better-sqlite3';

/** The id of a text in a table of its own, made where it is new; null stays null. */
export type IdOf = (text: string) => number;

/** Ids of exe paths. Not kept in memory: a rolled-back transaction would leave ids that are not there. */
export function exeIds(db: Database): IdOf {
  return idsIn(db, 'exe', 'exe_id', 'path');
}

export function hostIds(db: Database): IdOf {
  return idsIn(db, 'host', 'host_id', 'name');
}

function idsIn(db: Database, table: string, id: string, text: string): IdOf {
  const find = db.prepare<[string], number>(`SELECT ${id} FROM ${table} WHERE ${text} = ?`).pluck();
  const add = db.prepare<[string], number>(`INSERT INTO ${table} (${text}) VALUES (?) RETURNING ${id}`).pluck();
  return (value) => find.get(value) ?? (add.get(value) as number);
}

import type { Database } from 'better-sqlite3';
import { TRUSTS, type Trust } from '../record/trust.ts';
import { hostIds } from './ids.ts';
import type { AccessCount, AccessesAdded, AccessQuery, Sighting, Store } from './store.ts';

/**
 * So many accesses of a profile are kept apart, and so many profiles, for each host and trust: a hostile log fills the disk with
 * neither, and what may be forged takes no room from what may not. The rest is counted together.
 */
export const ACCESSES_MAX = 8192;
export const PROFILES_MAX = 1024;
const OVERFLOW = '{"kind":"overflow"}';

interface Key {
  readonly hostId: number;
  readonly namespace: string;
  readonly profile: string;
  readonly class: string;
  readonly fields: string;
  readonly verdict: string;
  readonly trust: Trust;
}

/** The calls of the port that are about AppArmor. */
export function accessesIn(db: Database): Pick<Store, 'addAccesses' | 'accesses' | 'profiles' | 'lostBetween'> {
  return { addAccesses: adder(db), ...readers(db) };
}

/** Adds events that are not stored yet at their trust or a higher one. */
function adder(db: Database): Store['addAccesses'] {
  const hostId = hostIds(db);
  const room = roomIn(db);
  const { isKnown, put } = counter(db);
  const add = db.transaction((sightings: readonly Sighting[]): AccessesAdded => {
    const added = { kernel: 0, file: 0, forgeable: 0 };
    room.forget();
    for (const { access, host, atMs, serial, namespace, profile, verdict, trust } of sightings) {
      const fields = JSON.stringify(access);
      const key = { hostId: hostId(host), namespace, profile, class: access.kind, fields, verdict, trust };
      if (isKnown(key, atMs, serial)) continue;
      const place = room.place(key);
      if (place !== key && isKnown(place, atMs, serial)) continue;
      put(place, atMs, serial);
      added[trust]++;
    }
    return { added, known: sightings.length - added.kernel - added.file - added.forgeable };
  });
  return (sightings) => add(sightings);
}

const SAME = `profile = @profile AND namespace = @namespace AND host_id = @hostId AND verdict = @verdict AND fields = @fields`;

/** Where an access is counted: under its own key, or, where there is no room, under that of the rest. */
function roomIn(db: Database): { readonly place: (key: Key) => Key; readonly forget: () => void } {
  const has = db.prepare<[Key], number>(`SELECT 1 FROM access WHERE ${SAME} AND trust = @trust`).pluck();
  const OF = 'host_id = @hostId AND trust = @trust';
  const accesses = db
    .prepare<[Key], number>(`SELECT count(*) FROM access WHERE profile = @profile AND namespace = @namespace AND ${OF}`)
    .pluck();
  const profiles = db
    .prepare<[Key], number>(`SELECT count(*) FROM (SELECT DISTINCT namespace, profile FROM access WHERE ${OF})`)
    .pluck();
  const counts = new Map<string, number>();
  const next = (name: string, count: () => number): number => {
    const value = (counts.get(name) ?? count()) + 1;
    counts.set(name, value);
    return value;
  };
  const place = (key: Key): Key => {
    if (has.get(key) !== undefined) return key;
    const { hostId, trust, namespace, profile } = key;
    const ofProfile = JSON.stringify([hostId, trust, namespace, profile]);
    const isNew = !counts.has(ofProfile) && accesses.get(key) === 0;
    if (isNew && next(`${hostId} ${trust}`, () => profiles.get(key) ?? 0) > PROFILES_MAX)
      return { ...key, namespace: '', profile: '', class: 'overflow', fields: OVERFLOW };
    return next(ofProfile, () => accesses.get(key) ?? 0) > ACCESSES_MAX
      ? { ...key, class: 'overflow', fields: OVERFLOW }
      : key;
  };
  return { place, forget: () => counts.clear() };
}

interface Counter {
  /** Whether an event was counted, at its trust or a higher one. */
  readonly isKnown: (key: Key, atMs: number, serial: number) => boolean;
  readonly put: (key: Key, atMs: number, serial: number) => void;
}

/** The sample is the first event by time and then by serial, whatever order they come in. */
function counter(db: Database): Counter {
  const seen = db
    .prepare<unknown[], number>(
      `SELECT 1 FROM access JOIN access_seen USING (access_id)
       WHERE ${SAME} AND at_ms = @atMs AND serial = @serial AND trust IN (SELECT value FROM json_each(@trusts))`,
    )
    .pluck();
  const count = db
    .prepare<unknown[], number>(`
    INSERT INTO access (host_id, namespace, profile, class, fields, verdict, trust, count, first_ms, last_ms, sample_serial)
    VALUES (@hostId, @namespace, @profile, @class, @fields, @verdict, @trust, 1, @atMs, @atMs, @serial)
    ON CONFLICT DO UPDATE SET
      count = count + 1,
      last_ms = max(last_ms, excluded.last_ms),
      first_ms = min(first_ms, excluded.first_ms),
      sample_serial = iif((excluded.first_ms, excluded.sample_serial) < (first_ms, sample_serial), excluded.sample_serial, sample_serial)
    RETURNING access_id`)
    .pluck();
  const note = db.prepare('INSERT INTO access_seen (access_id, at_ms, serial) VALUES (?, ?, ?)');
  return {
    isKnown: (key, atMs, serial) => {
      const trusts = JSON.stringify(TRUSTS.slice(0, TRUSTS.indexOf(key.trust) + 1));
      return seen.get({ ...key, atMs, serial, trusts }) !== undefined;
    },
    put: (key, atMs, serial) => {
      note.run(count.get({ ...key, atMs, serial }), atMs, serial);
    },
  };
}

interface Row extends Omit<AccessCount, 'access'> {
  readonly fields: string;
}

function readers(db: Database): Pick<Store, 'accesses' | 'profiles' | 'lostBetween'> {
  const COLUMNS = `host.name AS host, namespace, profile, fields, verdict, trust, count, first_ms AS firstMs, last_ms AS lastMs,
    sample_serial AS sampleSerial`;
  const of = db.prepare<[AccessQuery], Row>(`
    SELECT ${COLUMNS} FROM access JOIN host USING (host_id)
    WHERE namespace = @namespace AND (profile = @profile OR substr(profile, 1, length(@profile) + 2) = @profile || '//')
    ORDER BY profile, class, fields, verdict, trust, host.name`);
  const profiles = db.prepare<[], { namespace: string; profile: string }>(
    "SELECT DISTINCT namespace, profile FROM access WHERE profile <> '' ORDER BY namespace, profile",
  );
  const losses = db.prepare<[string, number, number], { lost: number; unknown: number }>(`
    SELECT ifnull(sum(count), 0) AS lost, count(*) - count(count) AS unknown FROM loss JOIN host USING (host_id)
    WHERE run_id IS NULL AND name IN (SELECT value FROM json_each(?))
      AND ifnull(to_ms, from_ms) >= ? AND ifnull(from_ms, to_ms) <= ?`);
  return {
    accesses: (query) =>
      of.all(query).map(({ fields, ...row }) => ({ ...row, access: JSON.parse(fields) as AccessCount['access'] })),
    profiles: () => profiles.all(),
    lostBetween: (hosts, fromMs, toMs) => {
      const { lost, unknown } = losses.get(JSON.stringify(hosts), fromMs, toMs) ?? { lost: 0, unknown: 0 };
      return unknown > 0 ? undefined : lost;
    },
  };
}

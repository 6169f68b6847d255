import type { Database } from 'better-sqlite3';
import type { RunOrigin } from '../observe/origin.ts';
import { exeIds } from './ids.ts';
import type { Store } from './store.ts';

/** Adds places, each once. */
export function appendOrigins(db: Database): (origins: readonly RunOrigin[]) => void {
  const exeId = exeIds(db);
  const addModule = db.prepare('INSERT OR IGNORE INTO module (path, build_id) VALUES (@module, @buildId)');
  const add = db.prepare(`
    INSERT OR IGNORE INTO origin (run_id, exe_id, arch_token, nr, sample_ip, module_id, file_offset)
    VALUES (@runId, @exeId, @archToken, @nr, @sampleIp,
      (SELECT module_id FROM module WHERE path = @module AND build_id = @buildId), @fileOffset)`);
  return (origins) => {
    for (const origin of origins) {
      addModule.run(origin);
      add.run({ ...origin, exeId: exeId(origin.exe) });
    }
  };
}

/** Places of the samples that these runs' tallies hold. */
export function readOrigins(db: Database): Pick<Store, 'origins'> {
  const origins = db.prepare<[string], RunOrigin>(`
    SELECT run_id AS runId, exe.path AS exe, arch_token AS archToken, nr, sample_ip AS sampleIp, module.path AS module,
      module.build_id AS buildId, file_offset AS fileOffset
    FROM json_each(?) AS wanted JOIN origin ON run_id = wanted.value JOIN exe USING (exe_id)
      JOIN module USING (module_id)
    ORDER BY run_id DESC, exe.path, arch_token, nr`);
  return { origins: (runIds) => origins.all(JSON.stringify(runIds)) };
}

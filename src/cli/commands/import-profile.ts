import { importProfile, type ProfileImport } from '../../app/import/profile.ts';
import { readProfileFile, trustOfFile } from '../../app/profile-file.ts';
import { messageOf, UsageError } from '../../errors.ts';
import { openStore } from '../../store/open.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import type { usage } from '../usage/import-profile.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly file: string };

export async function run({ file, trust, db, json }: Args, { stdout, stderr, env }: Context): Promise<Outcome> {
  const bytes = readProfileFile(file);
  const atMost = trust ?? trustOfFile(file, process.getuid?.() ?? 0);
  const store = openStore(databaseOf(db, env));
  try {
    const taken = importProfile(store, bytes, atMost);
    for (const line of told(file, taken)) stderr.write(`${visible(line)}\n`);
    if (json) stdout.write(`${JSON.stringify({ schema: 1, ...taken }, undefined, 2)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    store.close();
  }
}

function told(
  file: string,
  { exe, run: name, calls, records, trust, unobserved, isKnown }: ProfileImport,
): readonly string[] {
  const what = `${calls} calls of ${exe} by ${records} records (${trust})`;
  if (isKnown) return [`${file}: ${what}: counted before, as run ${name}`];
  return [
    `${file}: ${what}, as run ${name}`,
    ...(unobserved > 0
      ? [`  left out: ${unobserved} calls that no record speaks for; --closure and --point add such`]
      : []),
    ...(trust === 'forgeable'
      ? ['  forgeable: others could have written it; --trust file or kernel is your word for it']
      : []),
  ];
}

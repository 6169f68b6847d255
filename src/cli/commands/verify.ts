import { nativeAbi } from '../../app/native-abi.ts';
import { readProfileFile } from '../../app/profile-file.ts';
import { quoted } from '../../app/quoted.ts';
import { type Verification, type VerifyRequest, verify } from '../../app/verify/verify.ts';
import { messageOf, RefusedError, UsageError } from '../../errors.ts';
import { NoStoreError, openStore } from '../../store/open.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import { programNames } from '../program-name.ts';
import type { usage } from '../usage/verify.ts';
import type { ArgsOf } from '../usage.ts';
import { verifyText } from '../verify-text.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly file: string };

export async function run(args: Args, context: Context): Promise<Outcome> {
  const request = requestOf(args);
  const verification = await verified(args, request, context);
  const { denied } = verification.replay;
  if (args.json) context.stdout.write(`${JSON.stringify({ schema: 1, ...verification }, undefined, 2)}\n`);
  else for (const line of verifyText(args.file, verification)) context.stdout.write(`${visible(line)}\n`);
  return denied.length > 0 ? EXIT.differs : EXIT.ok;
}

function requestOf({ exe, name, stage, trust, abi, format, db }: Args): VerifyRequest {
  if (exe === undefined && name === undefined)
    throw new UsageError('verify: want --exe or --name: whose calls are to be tried');
  const native = abi ?? nativeAbi();
  if (!native) throw new UsageError(`this machine (${process.arch}) is in no table: name the ABI by --abi`);
  return {
    exe: exe === undefined ? [] : programNames(exe),
    name,
    runIds: undefined,
    stage,
    point: undefined,
    closure: 'none',
    children: true,
    trust: trust ?? 'file',
    abi: native,
    format,
    again: db === undefined ? '' : `--db ${quoted(db)} `,
  };
}

async function verified({ file, db }: Args, request: VerifyRequest, { env }: Context): Promise<Verification> {
  const bytes = readProfileFile(file);
  const store = opened(databaseOf(db, env), request);
  try {
    return await verify(store, bytes, request);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    store.close();
  }
}

function opened(database: string, { again, exe }: VerifyRequest) {
  try {
    return openStore(database, { readonly: true });
  } catch (error) {
    if (!(error instanceof NoStoreError)) throw error;
    const observe = `profiler observe ${again}-- ${quoted(exe[0] ?? 'COMMAND')}`;
    throw new RefusedError(`${error.message}; observe first, by: ${observe}`, { cause: error });
  }
}

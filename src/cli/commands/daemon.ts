import { loadConfig } from '../../config/load.ts';
import { CONFIG_PATH } from '../../config/paths.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import type { usage } from '../usage/daemon.ts';
import type { ArgsOf } from '../usage.ts';
import { version } from '../version.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage>;

export async function run({ config = CONFIG_PATH, check }: Args, context: Context): Promise<Outcome> {
  const { stdout, stderr, stdin, env, nowMs, signal } = context;
  if (check) {
    const { source } = loadConfig(config);
    stdout.write(`${visible(config)}: fine: ${source.length} ${source.length === 1 ? 'source' : 'sources'}\n`);
    return EXIT.ok;
  }
  const { runDaemon } = await import('../../daemon/daemon.ts');
  const write = (line: string) => stderr.write(line);
  await runDaemon(config, {
    env,
    stdin,
    write,
    nowMs,
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    version: version(),
    signal,
    onReload: (reload) => {
      process.on('SIGHUP', reload);
      return () => void process.off('SIGHUP', reload);
    },
  });
  return EXIT.ok;
}

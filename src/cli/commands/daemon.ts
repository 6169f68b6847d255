import { CONFIG_PATH, loadConfig } from '../../config/load.ts';
import { type Command, EXIT } from '../command.ts';
import { visible } from '../visible.ts';

interface Args {
  readonly config?: string;
  readonly check?: boolean;
}

export const command: Command<Args> = {
  usage: 'daemon',
  describe:
    'Read every log that the configuration names into the database, for months. SIGHUP reads the configuration again, SIGTERM ends it.',
  examples: [
    ['profiler daemon', `as ${CONFIG_PATH} says`],
    ['profiler daemon --config ./profiler.toml --check', 'check the configuration and end'],
  ],
  options: (yargs) =>
    yargs
      .option('config', {
        type: 'string',
        requiresArg: true,
        describe: `the configuration (default: ${CONFIG_PATH}); config/profiler.toml of the package explains it`,
      })
      .option('check', { type: 'boolean', describe: 'check the configuration and end: exit 0, or 2 with its faults' }),
  run: async ({ config = CONFIG_PATH, check }, { stdout, stderr, stdin, env, nowMs, signal }) => {
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
      signal,
      onReload: (reload) => {
        process.on('SIGHUP', reload);
        return () => void process.off('SIGHUP', reload);
      },
    });
    return EXIT.ok;
  },
};

import { describe, expect, test } from 'vitest';
import type { Argv } from 'yargs';
import type { Command } from '../../src/cli/command.ts';
import { parseWords } from '../../src/cli/parse.ts';
import type { Row } from '../../src/cli/registry.ts';

function made(usage: string): Command<never> {
  return {
    usage,
    describe: 'What it does.',
    examples: [['profiler thing --stage preload', 'an example']],
    options: (yargs: Argv) =>
      yargs
        .option('stage', {
          type: 'string',
          choices: ['preload', 'launcher'],
          requiresArg: true,
          describe: 'where it begins',
        })
        .option('no-children', { type: 'boolean', describe: 'leave them out' })
        .option('repeat', { type: 'number', requiresArg: true }),
    run: async () => 0,
  };
}

function parse(usage: string, words: string[]) {
  const command = made(usage);
  const name = usage.split(' ')[0] ?? '';
  const row: Row = {
    name,
    describe: '',
    load: async () => ({ command }),
    ...(usage.includes('CMD') ? { runsCommand: true } : {}),
  };
  return parseWords(command, row, words, 80);
}

describe('CMD is everything from the first word on that is no option', () => {
  test.for([
    { words: ['sh', '-c', 'exit 7'], args: { cmd: ['sh', '-c', 'exit 7'] } },
    { words: ['--', 'sh', '-c', 'exit 7'], args: { cmd: ['sh', '-c', 'exit 7'] } },
    {
      words: ['--stage', 'launcher', 'ls', '--stage', 'preload', '--help'],
      args: { stage: 'launcher', cmd: ['ls', '--stage', 'preload', '--help'] },
    },
    { words: ['--stage=launcher', '--', '--odd', '--', 'x'], args: { stage: 'launcher', cmd: ['--odd', '--', 'x'] } },
    { words: ['echo', '007', '1e3', '', '-'], args: { cmd: ['echo', '007', '1e3', '', '-'] } },
    { words: ['echo', '--', '-n'], args: { cmd: ['echo', '--', '-n'] } },
    { words: [], args: { cmd: [] } },
  ])('$words', async ({ words, args }) => {
    expect(await parse('observe [options] [--] CMD…', words)).toEqual({ kind: 'args', args });
  });
});

describe('other words are named by the usage', () => {
  test.for([
    {
      usage: 'import <file..>',
      words: ['a', 'b', '--repeat', '3', '007'],
      args: { repeat: 3, file: ['a', 'b', '007'] },
    },
    { usage: 'import <file..>', words: ['--', '--odd', '-'], args: { file: ['--odd', '-'] } },
    { usage: 'completion <shell>', words: ['bash'], args: { shell: 'bash' } },
    { usage: 'runs [exe]', words: [], args: {} },
    { usage: 'runs [exe]', words: ['hello', '--no-children'], args: { exe: 'hello', noChildren: true } },
    { usage: 'runs', words: ['--repeat', '1', '--repeat', '2'], args: { repeat: 2 } },
  ])('$usage: $words', async ({ usage, words, args }) => {
    expect(await parse(usage, words)).toEqual({ kind: 'args', args });
  });
});

describe('a mistake is told in one line that names the option and where to look', () => {
  test.for([
    {
      words: ['--stgae', 'preload'],
      message: 'runs: unknown option --stgae (did you mean --stage?); see profiler runs --help',
    },
    {
      words: ['--no-childern', '--zebra'],
      message: 'runs: unknown option --no-childern (did you mean --no-children?); unknown option --zebra; see',
    },
    { words: ['--children'], message: 'runs: unknown option --children' },
    { words: ['-x'], message: 'runs: unknown option -x;' },
    { words: ['--stage'], message: 'runs: Not enough arguments following: stage' },
    {
      words: ['--stage', 'late'],
      message: 'runs: Invalid values: Argument: stage, Given: "late", Choices: "preload", "launcher"',
    },
    { words: ['--repeat', 'often'], message: 'runs: --repeat: want a number' },
    { words: ['one', 'two'], message: 'runs: unexpected word two' },
  ])('$words', async ({ words, message }) => {
    await expect(parse('runs [exe]', words)).rejects.toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) }),
    );
  });

  test('what must be there is named', async () => {
    await expect(parse('import <file..>', [])).rejects.toThrow('import: want FILE…; see profiler import --help');
  });
});

describe('help', () => {
  test.for([['--help'], ['-h'], ['--stage', 'wrong', '--help'], ['--help', '--unknown']])(
    'is shown for %j',
    async (words) => {
      const parsed = await parse('observe [options] [--] CMD…', words);
      const text = parsed.kind === 'help' ? parsed.text : '';
      for (const part of [
        'profiler observe [options] [--] CMD…',
        'What it does.',
        '--no-children',
        'profiler thing --stage preload  an example',
      ]) {
        expect(text).toContain(part);
      }
    },
  );

  test("of CMD is CMD's", async () => {
    expect(await parse('observe [options] [--] CMD…', ['ls', '--help'])).toMatchObject({ kind: 'args' });
  });
});

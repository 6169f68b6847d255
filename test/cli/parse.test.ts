import { describe, expect, test } from 'vitest';
import { parseWords } from '../../src/cli/parse.ts';
import type { Option } from '../../src/cli/usage.ts';

const OPTIONS: readonly Option[] = [
  { name: 'stage', kind: 'choice', choices: ['preload', 'launcher'], describe: 'where it begins' },
  { name: 'no-children', kind: 'flag', describe: 'leave them out' },
  { name: 'repeat', kind: 'number', describe: 'so often' },
  { name: 'name', kind: 'text', describe: 'its name' },
  { name: 'run', kind: 'list', describe: 'these runs' },
];

function parse(synopsis: string, words: string[]) {
  const row = {
    name: synopsis.split(' ')[0] ?? '',
    ...(synopsis.includes('CMD') ? { runsCommand: true as const } : {}),
  };
  return parseWords({ synopsis, describe: '', examples: [], options: OPTIONS }, row, words);
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
    expect(await parse('observe [options] [--] CMD…', words)).toEqual(args);
  });
});

test.for([
  { words: ['--name', ''], says: '--name: want a word that is not empty' },
  { words: ['--name='], says: '--name' },
  { words: ['--run', '1', '--run', ''], says: '--run: want a word that is not empty' },
])('an option without a value is a mistake, not nothing: $words', async ({ words, says }) => {
  await expect(parse('suggest', words)).rejects.toThrow(says);
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
    { usage: 'runs', words: ['--name', '007'], args: { name: '007' } },
    { usage: 'runs', words: ['--run', '1', '2'], args: { run: ['1', '2'] } },
    { usage: 'runs', words: ['--run', '1', '--run', '02'], args: { run: ['1', '02'] } },
    { usage: 'runs', words: ['--stage', 'preload', '--stage', 'launcher'], args: { stage: 'launcher' } },
    { usage: 'runs', words: ['--no-children', '--no-children'], args: { noChildren: true } },
  ])('$usage: $words', async ({ usage, words, args }) => {
    expect(await parse(usage, words)).toEqual(args);
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

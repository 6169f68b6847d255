import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { REGISTRY } from '../../src/cli/registry.ts';
import { world } from './world.ts';

test('without a word the help goes to standard error, exit 2', async () => {
  const { context, out, err } = world();
  expect(await main([], context)).toBe(2);
  expect(out()).toBe('');
  expect(err()).toContain('Usage: profiler COMMAND [options]');
});

test.for([['--help'], ['-h'], ['help']])('%j shows every command, on standard output', async (words) => {
  const { context, out } = world();
  expect(await main(words, context)).toBe(0);
  for (const { name, describe: text } of REGISTRY)
    expect(out()).toMatch(new RegExp(`^ {2}${name} +${escaped(text)}$`, 'm'));
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test('--version is that of package.json', async () => {
  const { context, out } = world();
  expect(await main(['--version'], context)).toBe(0);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(out()).toBe(`${version}\n`);
});

test.for([
  { words: ['sugest'], message: 'unknown command sugest (did you mean suggest?)' },
  { words: ['frobnicate'], message: 'unknown command frobnicate; see profiler --help' },
  { words: ['--hlep'], message: 'unknown option --hlep (did you mean --help?)' },
  { words: ['--db', 'x'], message: 'unknown option --db; see profiler --help' },
  { words: ['help', 'nothing'], message: 'unknown command nothing' },
  { words: ['completion', 'tcsh'], message: 'completion: no script for tcsh; want bash, zsh, fish' },
])('$words is a mistake: $message', async ({ words, message }) => {
  await expect(main(words, world().context)).rejects.toThrow(
    expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) }),
  );
});

describe.for(REGISTRY)('$name', ({ name, usage: loadUsage }) => {
  test('has a help with its usage, what it does, each option, and examples of it', async () => {
    const { usage } = await loadUsage();
    const { context, out } = world();
    expect(await main([name, '--help'], context)).toBe(0);
    expect(usage.synopsis.split(' ')[0]).toBe(name);
    expect(out()).toContain(`profiler ${usage.synopsis}\n`);
    expect(unwrapped(out())).toContain(usage.describe);
    for (const option of usage.options) {
      const lines = out().match(new RegExp(`^ {6}--${option.name} {2,}\\S`, 'gm')) ?? [];
      expect(lines).toHaveLength(option.hidden ? 0 : 1);
      if (!option.hidden) expect(unwrapped(out())).toContain(option.describe);
    }
    expect(out()).toMatch(/^ {2}-h, --help {2,}show this help/m);
    expect(usage.examples.length).toBeGreaterThan(0);
    for (const [line] of usage.examples) {
      expect(line).toContain(`profiler ${name}`);
      expect(out()).toContain(line);
    }
  });

  test.for([60, 80, 100, 200])('its help fits %d columns, and never more than 100', async (columns) => {
    const { usage } = await loadUsage();
    const { context, out } = world();
    await main([name, '-h'], { ...context, stdout: { ...context.stdout, columns } });
    const unbreakable = [...usage.examples.map(([line]) => line), usage.synopsis];
    const long = out()
      .split('\n')
      .filter((line) => line.length > Math.min(columns, 100));
    expect(long.filter((line) => !unbreakable.some((text) => line.includes(text)))).toEqual([]);
  });

  test('is shown by `help NAME` too, and refuses an option that it does not have', async () => {
    const { context, out } = world();
    await main(['help', name], context);
    expect(out()).toContain('Examples:');
    await expect(main([name, '--no-such-option'], context)).rejects.toThrow('unknown option --no-such-option');
  });
});

function unwrapped(text: string): string {
  return text.replace(/ +\[[^\]]*\]$/gm, '').replace(/\s+/g, ' ');
}

test.for([
  ['suggest', '--stage', 'wrong', '--help'],
  ['suggest', '--help', '--unknown'],
  ['suggest', '--exe', '-h'],
  ['import', 'a.log', '--help'],
  ['observe', '--name', 'x', '-h', 'ls'],
  ['enforce', '--stage', '--help'],
])('%j is a question for help, whatever else is wrong', async (words) => {
  const { context, out } = world();
  expect(await main(words, context)).toBe(0);
  expect(out()).toContain(`profiler ${words[0]}`);
});

test.for([
  { words: ['enforce', '--no-children', 'ls', '--help'], message: 'inherit the filter' },
  { words: ['enforce', '--no-children', '--', '--help'], message: 'inherit the filter' },
  { words: ['import', '--db', '/dev/null/x', '--', '--help'], message: '/dev/null/x' },
])('$words: what follows is not for profiler', async ({ words, message }) => {
  await expect(main(words, world().context)).rejects.toThrow(message);
});

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

describe.for(REGISTRY)('$name', ({ name, load }) => {
  test('has a help with its usage, what it does, and examples of it', async () => {
    const { command } = await load();
    const { context, out } = world();
    expect(await main([name, '--help'], context)).toBe(0);
    expect(command.usage.split(' ')[0]).toBe(name);
    expect(out()).toContain(`profiler ${command.usage}`);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [line] of command.examples) {
      expect(line).toContain(`profiler ${name}`);
      expect(out()).toContain(line);
    }
  });

  test('is shown by `help NAME` too, and refuses an option that it does not have', async () => {
    const { context, out } = world();
    await main(['help', name], context);
    expect(out()).toContain('Examples:');
    await expect(main([name, '--no-such-option'], context)).rejects.toThrow('unknown option --no-such-option');
  });
});

import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Follow } from '../source/tail/follow.ts';
import { temporary } from '../store/helpers.ts';

const ROUNDS = 6;

/** Rotates for real; what is written between goes by number. */
function machine(directives: string) {
  const directory = temporary();
  const log = join(directory, 'audit.log');
  const config = join(directory, 'rotate.conf');
  writeFileSync(config, `${log} {\n  rotate 20\n  missingok\n  ${directives}\n}\n`, { mode: 0o600 });
  let lines = 0;
  return {
    log,
    lines: (): string[] => Array.from({ length: lines }, (_, at) => `n=${at} type=SECCOMP`),
    append: (count: number): void => {
      for (const end = lines + count; lines < end; lines++) appendFileSync(log, `n=${lines} type=SECCOMP\n`);
    },
    rotate: (): void => {
      execFileSync('logrotate', ['--force', '--state', join(directory, 'state'), config], { stdio: 'pipe' });
    },
  };
}

test.for([
  { directives: 'create', leaves: /^audit\.log\.6$/ },
  { directives: 'nocreate\n  compress', leaves: /^audit\.log\.6\.gz$/ },
  { directives: 'create\n  compress\n  delaycompress', leaves: /^audit\.log\.6\.gz$/ },
  { directives: 'copytruncate', leaves: /^audit\.log\.6$/ },
  { directives: 'copytruncate\n  compress', leaves: /^audit\.log\.6\.gz$/ },
  { directives: 'create\n  dateext\n  dateformat -%Y%m%d-%s', leaves: /^audit\.log-\d{8}-\d+$/ },
])(
  'logrotate with $directives: each line is read once, whether the reader runs or not',
  async ({ directives, leaves }) => {
    const { log, lines, append, rotate } = machine(directives);
    let cursor: string | undefined;
    let text = '';
    const losses: unknown[] = [];
    append(3);
    for (let round = 0; round < ROUNDS; round++) {
      const follow = new Follow(log, cursor, { sinceMs: 0 });
      const all = (): boolean => (text + follow.text).split('\n').length > lines().length;
      // Every second time the reader sees the rotation; else it finds it done.
      if (round % 2 === 0) await follow.until(all);
      append(2);
      rotate();
      append(2);
      if (round % 3 > 0) await follow.until(all);
      cursor = (await follow.end()) ?? cursor;
      text += follow.text;
      losses.push(...follow.losses);
      append(1);
      // With the time in its name a file can be rotated once a second.
      if (directives.includes('%s')) await new Promise((resolve) => setTimeout(resolve, 1001));
    }
    const follow = new Follow(log, cursor, { sinceMs: 0 });
    await follow.until(() => (text + follow.text).split('\n').length > lines().length);
    await follow.end();
    expect((text + follow.text).trimEnd().split('\n')).toEqual(lines());
    expect([...losses, ...follow.losses]).toEqual([]);
    expect(readdirSync(dirname(log)).filter((name) => leaves.test(name)).length).toBeGreaterThan(0);
  },
);

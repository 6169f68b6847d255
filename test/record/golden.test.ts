import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenPath, LOGS, logPath, summarize } from './golden.ts';
import { detected, isSeccomp, read } from './reading.ts';

const UPDATE = process.env.UPDATE_GOLDEN === '1';

test('there are captured logs of every kind', () => {
  expect(LOGS.length).toBeGreaterThan(40);
});

test.for(LOGS)('%s gives what its golden file says', (log) => {
  const summary = JSON.parse(JSON.stringify(summarize(log)));
  if (UPDATE) writeFileSync(goldenPath(log), `${JSON.stringify(summary, null, 1)}\n`);
  expect(summary).toEqual(JSON.parse(readFileSync(goldenPath(log), 'utf8')));
});

/** Whole records at the place where the kernel's or auditd's text begins, counted without any of our code. */
const WHOLE =
  /^(?:\d+,\d+,\d+,[^;]*;|\[[^\]]*\] ?|.* kernel(?:\[\d+\])?: (?:\[[^\]]*\] )?|.* kernel - - - \[[^\]]*\] |.* audisp-syslog: |.* audit: )?(?:audit: )?type=(?:1326|SECCOMP) [^']*code=0x[0-9a-f]+(?:\W?AUID=.*)?$/;

test.for(LOGS.filter((log) => !log.startsWith('journald/journal-hello') && !log.endsWith('.json')))(
  '%s: as many seccomp records as a regular expression finds',
  (log) => {
    const text = readFileSync(logPath(log), 'latin1');
    const expected = text.split('\n').filter((line) => WHOLE.test(line)).length;
    const carrier = log.endsWith('rsyslog-debug') ? 'syslog' : detected(Buffer.from(text, 'latin1'));
    expect(read(carrier, Buffer.from(text, 'latin1')).records.filter(isSeccomp)).toHaveLength(expected);
  },
);

const AUDIT_LOGS = LOGS.filter((log) => /audit\.log/.test(log) && !log.includes('newline'));

test.for(AUDIT_LOGS)('%s: ausearch finds the same seccomp records', (log) => {
  const out = execFileSync('ausearch', ['-m', 'SECCOMP', '--raw', '-if', logPath(log)], { maxBuffer: 1 << 26 });
  const expected = out
    .toString('latin1')
    .matchAll(/^type=SECCOMP msg=audit\((\d+)\.(\d+):(\d+)\).* syscall=(-?\d+) /gm);
  const ours = read('audit-log', readFileSync(logPath(log))).records.filter(isSeccomp);
  expect(ours.map(({ stamp, nr }) => [stamp.atMs, stamp.serial, nr])).toEqual(
    [...expected].map(([, seconds, millis, serial, nr]) => [
      Number(seconds) * 1000 + Number(millis),
      Number(serial),
      Number(nr),
    ]),
  );
});

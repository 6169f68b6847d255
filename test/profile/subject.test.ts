import { expect, test } from 'vitest';
import { basenameOf, isSameExe } from '../../src/profile/exe.ts';
import { mixedPrograms } from '../../src/profile/mixed.ts';
import { candidatesFor, isInterpreter } from '../../src/profile/subject.ts';
import { aRun } from './evidence.ts';

const RUNS = [
  { exe: '/opt/hello', argv0: './hello' },
  { exe: '/usr/bin/python3.11', argv0: 'python3' },
  { exe: '/usr/bin/python3.11', argv0: '/srv/report.py' },
  { exe: '/srv/a/tool', argv0: 'tool' },
  { exe: '/srv/b/tool (deleted)', argv0: 'tool' },
  { exe: '/usr/bin/dash', argv0: 'sh' },
];
const CHILDREN = ['/bin/ls', '/opt/hello', '/x/new\\x0aline'];

test.for([
  { names: ['hello'], found: [['/opt/hello', 'program', undefined]] },
  { names: ['/opt/hello'], found: [['/opt/hello', 'program', undefined]] },
  { names: ['/other/hello'], found: [] },
  { names: ['python3.11'], found: [['/usr/bin/python3.11', 'program', undefined]] },
  { names: ['python3'], found: [['/usr/bin/python3.11', 'program', 'python3']] },
  { names: ['report.py'], found: [['/usr/bin/python3.11', 'program', '/srv/report.py']] },
  { names: ['/srv/report.py'], found: [['/usr/bin/python3.11', 'program', '/srv/report.py']] },
  { names: ['/usr/bin/python3', '/usr/bin/python3.11'], found: [['/usr/bin/python3.11', 'program', undefined]] },
  {
    names: ['tool'],
    found: [
      ['/srv/a/tool', 'program', undefined],
      ['/srv/b/tool', 'program', undefined],
    ],
  },
  { names: ['/srv/b/tool'], found: [['/srv/b/tool', 'program', undefined]] },
  { names: ['/srv/b/tool (deleted)'], found: [['/srv/b/tool', 'program', undefined]] },
  { names: ['sh'], found: [['/usr/bin/dash', 'program', 'sh']] },
  { names: ['ls'], found: [['/bin/ls', 'child', undefined]] },
  { names: ['new\\x0aline'], found: [['/x/new\\x0aline', 'child', undefined]] },
  { names: ['nothing'], found: [] },
])('--exe $names finds $found', ({ names, found }) => {
  const candidates = candidatesFor(names, RUNS, CHILDREN);
  expect(candidates.map(({ exe, role, argv0 }) => [exe, role, argv0])).toEqual(found);
});

test('a removed program is the same program', () => {
  expect(isSameExe('/a', '/a (deleted)')).toBe(true);
  expect(isSameExe('/a', '/b (deleted)')).toBe(false);
  expect(basenameOf('/x/tool (deleted)')).toBe('tool');
});

test.for([
  ['/usr/bin/python3.11', true],
  ['/bin/sh', true],
  ['/usr/bin/node', true],
  ['/usr/bin/perl5.36.0', true],
  ['/usr/bin/pythonista', false],
  ['/bin/ls', false],
] as const)('%s is an interpreter: %s', ([exe, is]) => {
  expect(isInterpreter(exe)).toBe(is);
});

test('an interpreter that ran different programs is told with them', () => {
  const python = (...argv: string[]) => aRun(1, { exe: '/usr/bin/python3.11', argv });
  expect(mixedPrograms([python('python3', 'a.py'), python('/usr/bin/python3', 'a.py')])).toEqual([]);
  expect(mixedPrograms([python('python3', 'a.py'), python('./b.py', 'x')])).toEqual(['./b.py x', 'a.py']);
  expect(mixedPrograms([python(), python()])).toEqual(['(not known: imported)']);
  expect(mixedPrograms([python()])).toEqual([]);
  expect(mixedPrograms([aRun(1, { argv: ['hello', 'a'] }), aRun(2, { argv: ['hello', 'b'] })])).toEqual([]);
});

import { expect, test } from 'vitest';
import { inserted } from '../../src/apparmor/insert.ts';

const FILE = `# profile p {
include <tunables/global>
@{X}={a,b}

profile other {
  /o r,
}

profile "p" /usr/bin/p flags=(complain) { # ours
  include <abstractions/base>
  /{a,b} r,
  ^hat {
    /h r,
  }
  profile child /bin/c {
    /c r,
  }
}
/usr/bin/q {
}
p//beside {
}
`;
const put = (path: string[], ...lines: string[]) => inserted(FILE, { path, lines });

test.for<[string[], string]>([
  [['p'], '  profile child /bin/c {\n    /c r,\n  }\n  NEW,\n}\n/usr/bin/q'],
  [['other'], '  /o r,\n  NEW,\n}'],
  [['p', 'hat'], '    /h r,\n    NEW,\n  }'],
  [['p', 'child'], '    /c r,\n    NEW,\n  }'],
  [['/usr/bin/q'], '/usr/bin/q {\n  NEW,\n}'],
  [['p', 'beside'], 'p//beside {\n  NEW,\n}'],
])('%s: before its end', ([path, part]) => {
  expect(put(path, 'NEW,')).toContain(part);
  expect(put(path, 'NEW,')?.replace(/ *NEW,\n/, '')).toBe(FILE);
});

test('what is there is not put there again', () => {
  expect(put(['p', 'hat'], '/h r,')).toBe(FILE);
  expect(put(['p', 'hat'], '/h r,', '/i r,')).toContain('    /h r,\n    /i r,\n  }');
});

test.for([['q'], ['child'], ['p', 'none'], ['include']])('there is no %s', (path) => {
  expect(inserted(FILE, { path, lines: ['x,'] })).toBeUndefined();
});

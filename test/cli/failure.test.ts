import { expect, test } from 'vitest';
import { describeFailure } from '../../src/cli/failure.ts';
import { RefusedError, UsageError } from '../../src/errors.ts';

const plain = { ownCode: undefined, debug: {} };

test.for([
  { error: new UsageError('want FILE'), text: 'profiler: want FILE\n', exitCode: 2 },
  { error: new RefusedError('no evidence'), text: 'profiler: no evidence\n', exitCode: 3 },
  { error: new RefusedError('not found', { exitCode: 127 }), text: 'profiler: not found\n', exitCode: 127 },
  { error: new Error('broke'), text: 'profiler: broke (PROFILER_DEBUG=1 shows where)\n', exitCode: 3 },
  { error: 'a string', text: 'profiler: a string (PROFILER_DEBUG=1 shows where)\n', exitCode: 3 },
  { error: new UsageError('two\n  lines'), text: 'profiler: two lines\n', exitCode: 2 },
  { error: new UsageError('\x1b[31mred\u202e\x07'), text: 'profiler: \\u{1b}[31mred\\u{202e}\\u{7}\n', exitCode: 2 },
])('$error is $exitCode', ({ error, text, exitCode }) => {
  expect(describeFailure(error, plain)).toEqual({ text, exitCode });
});

test('a command that passes on a status fails with its own code, but for 126 and 127', () => {
  const options = { ...plain, ownCode: 125 };
  expect(describeFailure(new UsageError('x'), options).exitCode).toBe(125);
  expect(describeFailure(new RefusedError('x'), options).exitCode).toBe(125);
  expect(describeFailure(new Error('x'), options).exitCode).toBe(125);
  expect(describeFailure(new RefusedError('x', { exitCode: 126 }), options).exitCode).toBe(126);
});

test('PROFILER_DEBUG=1 shows the stack and the cause', () => {
  const error = new RefusedError('outer', { cause: new Error('inner') });
  const { text } = describeFailure(error, { ownCode: undefined, debug: { PROFILER_DEBUG: '1' } });
  expect(text).toMatch(/^profiler: outer\n/);
  expect(text).toContain('failure.test.ts');
  expect(text).toContain('inner');
});

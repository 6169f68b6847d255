import { expect, test } from 'vitest';
import { didYouMean } from '../../src/cli/nearest.ts';

const COMMANDS = ['observe', 'import', 'suggest', 'enforce', 'status', 'runs', 'doctor', 'completion'];

test.for([
  ['suggets', 'suggest'],
  ['obsrve', 'observe'],
  ['enfroce', 'enforce'],
  ['run', 'runs'],
  ['stats', 'status'],
])('%s means %s', ([word, meant]) => {
  expect(didYouMean(word ?? '', COMMANDS)).toBe(` (did you mean ${meant}?)`);
});

test.for(['', 'x', 'drift', 'abcdefgh'])('%j means nothing that is there', (word) => {
  expect(didYouMean(word, COMMANDS)).toBe('');
});

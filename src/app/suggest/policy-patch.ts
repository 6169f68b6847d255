import { readFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import { inserted } from '../../apparmor/insert.ts';
import type { PolicySuggestion } from '../../apparmor/policy.ts';
import { messageOf, UsageError } from '../../errors.ts';
import { bodyLines } from '../../render/apparmor.ts';

/** What to change in a file that has the profile: a unified diff, '' where it has all the rules. Throws a UsageError. */
export function policyPatch({ root }: PolicySuggestion, file: string, deny: boolean): string {
  const before = read(file);
  let after = before;
  const put = (path: readonly string[], lines: readonly string[]): boolean => {
    const text = inserted(after, { path, lines });
    if (text !== undefined) after = text;
    return text !== undefined;
  };
  const own = bodyLines({ ...root, children: [] }, [], deny);
  if (!put([root.name], own)) throw new UsageError(`${file}: has no profile ${root.name}`);
  for (const child of root.children) {
    if (put([root.name, child.name], bodyLines(child, [], deny))) continue;
    put([root.name], ['', ...bodyLines({ ...root, rules: [], children: [child] }, [], deny)]);
  }
  return before === after ? '' : createTwoFilesPatch(file, file, before, after);
}

function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}`, { cause: error });
  }
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new UsageError(`${file}: is not UTF-8, want a profile`);
  return text;
}

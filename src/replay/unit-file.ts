import { UsageError } from '../errors.ts';

/** A `Key=value` of a unit file's section, with the line it begins at. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** The assignments of a unit file or drop-in (systemd.syntax(7)): comments, continued lines, sections. */
export function unitAssignments(text: string): readonly Assignment[] {
  let section: string | undefined;
  return logicalLines(text).flatMap(({ text: whole, line }): readonly Assignment[] => {
    const [, head] = /^\[([^\]]*)\]$/.exec(whole) ?? [];
    if (head !== undefined) {
      section = head;
      return [];
    }
    const at = whole.indexOf('=');
    if (at < 1) throw new UsageError(`line ${line}: want KEY=VALUE or [SECTION]`);
    if (section === undefined) throw new UsageError(`line ${line}: want a [SECTION] before it`);
    return [{ section, key: whole.slice(0, at).trim(), value: whole.slice(at + 1).trim(), line }];
  });
}

/** Lines without comments and empty ones; a backslash at a line's end joins it to the next that is no comment. */
function logicalLines(text: string): readonly { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const bare = raw.replace(/\r$/, '').trim();
    if (bare.startsWith('#') || bare.startsWith(';') || (bare === '' && !open)) continue;
    open ??= { text: '', line: index + 1 };
    open.text += bare.endsWith('\\') ? `${bare.slice(0, -1)} ` : bare;
    if (bare.endsWith('\\')) continue;
    lines.push({ ...open, text: open.text.trim() });
    open = undefined;
  }
  return open ? [...lines, open] : lines;
}

/** A file of policy as lines, and where in it a profile's own rules end. */
interface Block {
  /** The line of its closing brace. */
  readonly end: number;
  readonly from: number;
  readonly indent: string;
}

/** A profile's lines to put into a file that has it. */
export interface Insertion {
  /** From the outermost on: `P`, or `P` and its child. */
  readonly path: readonly string[];
  readonly lines: readonly string[];
}

const OPENING = /^(\s*)(?:(?:profile|hat)\s+|(\^))?("(?:[^"\\]|\\.)*"|[^\s"]+)(?=[\s{]).*\{\s*(?:#.*)?$/;
const CLOSING = /^\s*\}\s*(?:#.*)?$/;
const ANY_OPENING = /^[^#]*[\s)]\{\s*(?:#.*)?$/;

/**
 * The file with these lines before the end of the profile that they are for; those that stand there already are left out.
 * Undefined where the file has no such profile.
 */
export function inserted(text: string, insertion: Insertion): string | undefined {
  const lines = text.split('\n');
  const block = blockOf(lines, insertion.path);
  if (!block) return undefined;
  const there = new Set(lines.slice(block.from, block.end).map((line) => line.trim()));
  const fresh = insertion.lines.filter((line) => line === '' || !there.has(line.trim()));
  if (fresh.every((line) => line === '')) return text;
  const added = fresh.map((line) => (line === '' ? '' : block.indent + line));
  return [...lines.slice(0, block.end), ...added, ...lines.slice(block.end)].join('\n');
}

function blockOf(lines: readonly string[], path: readonly string[]): Block | undefined {
  let range = { from: 0, end: lines.length };
  let indent = '';
  for (const name of spellings(path, lines)) {
    const found = within(lines, range, name);
    if (!found) return undefined;
    range = found;
    indent = found.indent;
  }
  return { ...range, indent };
}

/** A child stands within its parent, or beside it under its full name. */
function spellings(path: readonly string[], lines: readonly string[]): readonly string[] {
  const full = path.join('//');
  return path.length > 1 && within(lines, { from: 0, end: lines.length }, full) ? [full] : path;
}

function within(
  lines: readonly string[],
  { from, end }: { readonly from: number; readonly end: number },
  name: string,
): Block | undefined {
  let depth = 0;
  let at: { readonly from: number; readonly indent: string } | undefined;
  for (let i = from; i < end; i++) {
    const line = lines[i] ?? '';
    if (CLOSING.test(line)) {
      depth--;
      if (at && depth === 0) return { ...at, end: i };
    } else if (ANY_OPENING.test(line)) {
      const [, blanks = '', , word = ''] = OPENING.exec(line) ?? [];
      if (depth === 0 && plain(word) === name) at = { from: i + 1, indent: `${blanks}  ` };
      depth++;
    }
  }
  return undefined;
}

function plain(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll('\\"', '"') : word;
}

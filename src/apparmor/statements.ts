/** A policy folder's files by their place below it: `abstractions/base` → its text, a byte a character. */
export type PolicyFiles = ReadonlyMap<string, string>;

export type Variables = ReadonlyMap<string, readonly string[]>;

const COMMENT = /^\s*#(?!include\b).*|\s#(?!include\b).*/gm;
const INCLUDE = /^\s*#?include\s+(?:if\s+exists\s+)?[<"]([^>"\s]+)[>"]\s*$/gm;
const ASSIGNMENT = /^\s*@\{(\w+)\}\s*(\+?=)\s*(.+)$/gm;
const DEPTH_MAX = 16;
const EXPANSIONS_MAX = 512;

/** The rules of a file and of all that it includes, without their commas. */
export function statementsOf(files: PolicyFiles, name: string): string[] {
  return split(textOf(files, name, 0));
}

/** The variables that a file and what it includes set. */
export function variablesOf(files: PolicyFiles, name: string): Variables {
  const variables = new Map<string, string[]>();
  for (const [, variable = '', sign, values = ''] of textOf(files, name, 0).matchAll(ASSIGNMENT)) {
    const before = sign === '+=' ? (variables.get(variable) ?? []) : [];
    variables.set(variable, [...before, ...values.trim().split(/\s+/).map(unquoted)]);
  }
  return variables;
}

/** A pattern for each value of the variables in it; none where one is not known, or there are too many. */
export function expanded(pattern: string, variables: Variables, depth = 0): readonly string[] {
  const found = /@\{(\w+)\}/.exec(pattern);
  // Values end in a slash, some of them, and the parser takes two for one.
  if (!found) return [pattern.replace(/\/{2,}/g, '/')];
  const values = variables.get(found[1] ?? '') ?? [];
  if (depth > DEPTH_MAX) return [];
  const all = values.flatMap((value) =>
    expanded(
      pattern.replace(found[0], () => value),
      variables,
      depth + 1,
    ),
  );
  return all.length > EXPANSIONS_MAX ? [] : all;
}

export function unquoted(word: string): string {
  return word.startsWith('"') && word.endsWith('"') && word.length > 1 ? word.slice(1, -1) : word;
}

/** A file, or every file of a folder, with its includes in their place. */
function textOf(files: PolicyFiles, name: string, depth: number): string {
  if (depth > DEPTH_MAX) return '';
  const own = files.get(name);
  const texts =
    own === undefined ? [...files].filter(([path]) => path.startsWith(`${name}/`)).map(([, text]) => text) : [own];
  return texts
    .join('\n')
    .replace(COMMENT, '')
    .replace(INCLUDE, (_, other: string) => textOf(files, other, depth + 1));
}

/** At the commas that stand outside quotes and brackets. */
function split(text: string): string[] {
  const statements: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if ('{[('.includes(char)) depth++;
    else if ('}])'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      statements.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return statements;
}

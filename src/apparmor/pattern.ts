/** A path or label in AppArmor's glob syntax, unquoted: what stands for itself is escaped. */
export type Pattern = string;

const SPECIAL = /[{}[\]*?^"]/g;
const ESCAPED_BYTE = /\\x([0-9a-f]{2})/g;
/** What the parser takes without quotes; `@{HOME}` and globs stand in them too. */
const BARE = /^[\w./+:%~@{}[\]*?&-]+$/;

/** The pattern that matches this name alone. `name` is printable text (src/record/name.ts): its `\xNN` become octal, which the parser reads. */
export function literal(name: string): Pattern {
  return name.replace(SPECIAL, (char) => `\\${char}`).replace(ESCAPED_BYTE, (_, hex: string) => octal(hex));
}

/** A pattern as it stands in a rule. */
export function quoted(pattern: Pattern): string {
  return BARE.test(pattern) && !pattern.includes('\\') ? pattern : `"${pattern}"`;
}

/** A profile's name as it stands at its beginning: the kernel's own word for it, in which globs are no globs any more. */
export function profileName(name: string): string {
  const text = name.replaceAll('"', '\\"').replace(ESCAPED_BYTE, (_, hex: string) => octal(hex));
  return /^[\w./+-]+$/.test(text) ? text : `"${text}"`;
}

function octal(hex: string): string {
  return `\\${Number.parseInt(hex, 16).toString(8).padStart(3, '0')}`;
}

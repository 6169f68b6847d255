/** A pattern of apparmor.d(5), its variables expanded, as a regular expression over names with a character a byte; undefined: not one. */
export function matcher(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^${source(pattern)}$`, 's');
  } catch {
    return undefined;
  }
}

/** The one name that a literal pattern (pattern.ts) is for, a character a byte; undefined: it is for several. */
export function nameOf(pattern: string): string | undefined {
  if (/[*?[\]{}^]/.test(pattern.replace(/\\(?:[0-7]{3}|.)/gs, ''))) return undefined;
  return Buffer.from(pattern, 'utf8')
    .toString('latin1')
    .replace(/\\([0-7]{3})|\\(.)/gs, (_, octal: string | undefined, char: string | undefined) =>
      octal === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(octal, 8)),
    );
}

function source(pattern: string): string {
  let depth = 0;
  return pattern.replace(/\/\*+(?=\/|$)|\*\*+|\\[0-7]{3}|\\.|\[\^?[^\]]*\]|[\s\S]/g, (token) => {
    if (token.startsWith('/**')) return '/[^/].*';
    if (token === '/*') return '/[^/]+';
    if (token.startsWith('**')) return '.*';
    if (/^\\[0-7]{3}$/.test(token)) return escaped(String.fromCharCode(Number.parseInt(token.slice(1), 8)));
    if (token.length === 2 && token.startsWith('\\')) return escaped(token.slice(1));
    if (token.startsWith('[') && token.length > 1) return token;
    if (token === '{') depth++;
    if (token === '}') depth--;
    const signs: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')' };
    return signs[token] ?? (token === ',' && depth > 0 ? '|' : escaped(token));
  });
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}/-]/g, '\\$&');
}

/** Text on one line of a terminal: what a person or a log put into it cannot steer the terminal or imitate lines. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same line by line: only our own newlines stay. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** So many names are shown before the rest is a number. */
const NAMES = 12;

/** `3 calls`, `1 call`. */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `a, b and 3 more`, each once, sorted. */
export function someNames(names: readonly string[]): string {
  const sorted = [...new Set(names)].sort();
  return `${sorted.slice(0, NAMES).join(', ')}${sorted.length > NAMES ? ` and ${sorted.length - NAMES} more` : ''}`;
}

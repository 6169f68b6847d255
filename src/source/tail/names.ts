import { extname } from 'node:path';

/** A name that a rotated log bears. */
export interface RotatedName {
  /** Without the ending of its packer. */
  readonly stem: string;
  /** `gz` is read; other packers' files are not. */
  readonly packing: Packing;
  /** `log.2`: greater is older. */
  readonly index: number | undefined;
  /** `log-20261122`: greater is newer. */
  readonly date: string | undefined;
}

export type Packing = 'gz' | 'xz' | 'zst' | 'bz2' | undefined;

/** Greater numbers than these are dates: a year, a day, seconds since 1970. */
const INDEX_DIGITS = 3;

/** Reads names like `log.1`, `log.2.gz`, `log-20261122`, `log.1.txt` for `log.txt`, `log.old`; undefined for all others. */
export function rotatedNames(base: string): (name: string) => RotatedName | undefined {
  const ending = extname(base);
  const stem = ending === '' ? base : base.slice(0, -ending.length);
  const suffix = String.raw`[._-](?<mark>\d[\dT:+_.-]*|old|prev)`;
  const packed = String.raw`(?:\.(?<packing>gz|xz|zst|bz2))?`;
  const pattern = new RegExp(
    `^(?<stem>(?:${escape(base)}${suffix}|${escape(stem)}${suffix.replace('mark', 'inner')}${escape(ending)}))${packed}$`,
  );
  return (name) => {
    const groups = pattern.exec(name)?.groups;
    const mark = groups?.mark ?? groups?.inner;
    if (groups === undefined || mark === undefined) return undefined;
    const digits = mark.replaceAll(/\D/g, '');
    const index = digits.length <= INDEX_DIGITS ? Number(digits) : undefined;
    const packing = groups.packing as Packing;
    return { stem: groups.stem ?? name, packing, index, date: index === undefined ? mark : undefined };
  };
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

interface Rotated extends RotatedName {
  readonly mtimeMs: number;
}

/** Oldest first: by their names where all are of one kind, else by when they were written last. */
export function oldestFirst<File extends Rotated>(files: readonly File[]): File[] {
  const sorted = [...files].sort((a, b) => a.mtimeMs - b.mtimeMs);
  if (sorted.every(({ index }) => index !== undefined)) return sorted.sort((a, b) => (b.index ?? 0) - (a.index ?? 0));
  if (sorted.every(({ date }) => date !== undefined)) {
    return sorted.sort((a, b) => (a.date === b.date ? 0 : (a.date ?? '') < (b.date ?? '') ? -1 : 1));
  }
  return sorted;
}

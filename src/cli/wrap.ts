import type { Terminal } from './command.ts';

/** Columns for running text: as wide as the terminal, at most 100 and at least 40; 100 where there is none. */
export function textWidth({ columns }: Terminal): number {
  return Math.max(40, Math.min(columns ?? 100, 100));
}

/** Text broken at spaces into lines of at most `width`; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

import { columns } from './columns.ts';
import type { Option, Usage } from './usage.ts';
import { wrap } from './wrap.ts';

/** The help of a command, in lines of at most `width` columns (an example's command may be longer). */
export function commandHelp({ synopsis, describe, options, examples }: Usage, width: number): string {
  return `profiler ${synopsis}

${wrap(describe, width).join('\n')}

Options:
${optionLines(options, width)}

Examples:
${columns(examples, width)}
`;
}

/** Option, what it does, and at the right edge the value that it wants. */
function optionLines(options: readonly Option[], width: number): string {
  const rows = [
    ...options
      .filter((option) => !option.hidden)
      .map((option) => ({ left: `      --${option.name}`, text: option.describe, value: valueOf(option) })),
    { left: '  -h, --help', text: 'show this help', value: '[boolean]' },
  ];
  const left = Math.max(...rows.map((row) => row.left.length)) + 2;
  return rows.flatMap((row) => optionRow(row, left, width)).join('\n');
}

function optionRow(row: { left: string; text: string; value: string }, left: number, width: number): string[] {
  const room = width - left;
  const lines = wrap(row.text, room);
  const last = lines.at(-1) ?? '';
  if (last.length + 2 + row.value.length <= room) {
    lines[lines.length - 1] = last + row.value.padStart(room - last.length);
  } else if (row.value.length <= room) {
    lines.push(row.value.padStart(room));
  } else {
    lines.push(...wrap(row.value, room));
  }
  return lines.map((line, index) => (index === 0 ? row.left : '').padEnd(left) + line);
}

function valueOf(option: Option): string {
  return option.kind === 'choice' ? `[choices: ${option.choices.join(', ')}]` : KINDS[option.kind];
}

const KINDS = { flag: '[boolean]', text: '[string]', number: '[number]', list: '[array]' } as const;

import { columns } from './columns.ts';
import { REGISTRY } from './registry.ts';
import { wrap } from './wrap.ts';

/** The help of `profiler` itself, made from the registry so that no command and no parser has to be loaded for it; lines of at most `width`. */
export function topHelp(width: number): string {
  return `${wrap(WHAT, width).join('\n')}

Usage: profiler COMMAND [options]

Commands:
${columns(
  REGISTRY.map((row) => [row.name, row.describe]),
  width,
)}

Options:
${columns(
  [
    ['-h, --help', 'show this, or the help of a command'],
    ['--version', 'show the version'],
  ],
  width,
)}

Examples:
${columns(EXAMPLES, width)}

${wrap(EXIT_CODES, width).join('\n')}
`;
}

const WHAT =
  "profiler: learn the system calls a program makes from the kernel's own records, and confine it to exactly those";

const EXIT_CODES =
  'Exit codes: 0 fine, 1 differs, 2 usage, 3 failed. observe and enforce pass on the status of the program they run; ' +
  '125 is a failure of their own, 126 a program that cannot be run, 127 one that is not there.';

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['profiler doctor', 'what of this machine works'],
  ['profiler observe -- ./hello', 'run ./hello and learn its calls'],
  ['profiler suggest --exe hello', 'the list, ready to paste'],
  ['profiler enforce -- ./hello', 'run ./hello under that list'],
];

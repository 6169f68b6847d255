/** How good the confidence is that suggest tells: `npx tsx bench/confidence.ts [DRAWS [SEED]]`, over recorded runs of real programs. */
import { LEVEL } from '../src/profile/confidence.ts';
import { calibrate, PROGRAMS, readCorpus } from './calibration.ts';

const [draws = 1000, seed = 1] = process.argv.slice(2).map(Number);

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(9) : cell.padStart(10))).join('');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

process.stdout.write(`${row(['program', 'runs', 'estimate', 'truth', 'bound', 'covered', 'aim'])}\n`);
for (const corpus of PROGRAMS.map(readCorpus)) {
  for (const size of [3, 5, 10, 20, 40, 80]) {
    const { estimate, truth, bound, coverage } = calibrate(corpus, size, draws, seed);
    const cells = [estimate, truth, bound, coverage].map(percent);
    process.stdout.write(`${row([corpus.program, String(size), ...cells, `>= ${100 * LEVEL} %`])}\n`);
  }
}

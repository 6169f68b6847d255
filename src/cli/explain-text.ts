import type { ExplainedCall, Explanation } from '../app/explain/explain.ts';
import { type FoundPlace, moduleName } from '../app/explain/places.ts';
import { callOf } from '../profile/complete.ts';
import { basenameOf } from '../profile/exe.ts';
import type { Observed, Reason } from '../profile/profile.ts';
import { when } from './when.ts';

/** For people: each call with why it is there, who made it where, and what makes it dangerous. */
export function explainText({ calls, unlisted }: Explanation): string {
  if (unlisted) return `${unlisted.call}: not on the list: ${unlisted.why.join('; ')}\n`;
  const width = Math.max(...calls.map(({ rule }) => callOf(rule).length));
  return calls.map((call) => block(call, width)).join('');
}

function block({ rule, danger, places }: ExplainedCall, width: number): string {
  const lines = [
    reasonText(rule.reason),
    ...places.slice(0, MOST_PLACES).map((place) => `from ${placeText(place, rule.reason)}`),
    ...(places.length > MOST_PLACES ? [`and from ${places.length - MOST_PLACES} places more`] : []),
    ...(danger === undefined ? [] : [`dangerous: ${danger}`]),
  ];
  const name = callOf(rule).padEnd(width);
  return lines.map((line, index) => `${index === 0 ? name : ' '.repeat(width)}  ${line}\n`).join('');
}

const MOST_PLACES = 4;

function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'observed':
      return observedText(reason);
    case 'implied':
      return `not seen; ${reason.rule}: ${reason.why}`;
    case 'variant':
      return `not seen; in place of ${reason.of}, ${reason.rule}: ${reason.why}`;
    case 'manual':
      return `allowed by hand by ${reason.who}, ${when(reason.atMs)}: ${reason.why}`;
  }
}

function observedText({ count, runs, ofRuns, newIn, firstMs, lastMs, sampleSerial, exes }: Observed): string {
  const time = firstMs === lastMs ? when(firstMs) : `${when(firstMs)} to ${when(lastMs)}`;
  const inRuns = ofRuns > 0 ? `, in ${runs} of ${ofRuns} runs` : '';
  const fresh = newIn > 0 ? `, new in ${newIn} that allowed what was known` : '';
  return `seen ${count === 1 ? 'once' : `${count} times`}${inRuns}${fresh}, ${time}, serial ${sampleSerial}, by ${exes.map(basenameOf).join(' ')}`;
}

/** Which program it was is told only where there are several. */
function placeText({ module, address, symbol, doubt, exe }: FoundPlace, reason: Reason): string {
  const by = reason.kind === 'observed' && reason.exes.length > 1 ? ` in ${basenameOf(exe)}` : '';
  return `${moduleName(module)}+0x${address.toString(16)}${symbolText(symbol)}${doubtText(doubt)}${by}`;
}

function symbolText(symbol: FoundPlace['symbol']): string {
  if (!symbol) return '';
  const distance = `0x${symbol.distance.toString(16)}`;
  return symbol.within ? ` (${symbol.name}+${distance})` : ` (${distance} behind ${symbol.name}, the nearest name)`;
}

function doubtText(doubt: FoundPlace['doubt']): string {
  if (doubt === 'changed') return ' (the file is another one now)';
  return doubt === 'gone' ? ' (the file is not there any more)' : '';
}

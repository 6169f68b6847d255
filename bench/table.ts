import type { Figure } from './harness.ts';

const HEAD = ['what', 'peer', 'ours', 'peer', 'ratio', 'aim'];

export function head(): string {
  return row(HEAD);
}

/** A figure beyond its aim is marked; nothing fails. */
export function rowOf({ what, peer = '-', value, peerValue, unit, aim, atLeast = false }: Figure): string {
  const ratio = peerValue === undefined ? value : atLeast ? peerValue / value : value / peerValue;
  const good = atLeast ? ratio >= aim : ratio <= aim;
  const wanted = Number.isFinite(aim) ? `${good ? '' : 'OVER '}${atLeast ? '>=' : '<='} ${aim}` : '-';
  const theirs = peerValue === undefined ? '-' : `${peerValue.toFixed(2)} ${unit}`;
  return row([
    what,
    peer,
    `${value.toFixed(2)} ${unit}`,
    theirs,
    peerValue === undefined ? '-' : ratio.toFixed(2),
    wanted,
  ]);
}

function row([what = '', peer = '', ...figures]: readonly string[]): string {
  return `${what.padEnd(42)} ${peer.padEnd(22)} ${figures.map((figure) => figure.padStart(11)).join(' ')}`;
}

/** Exclusive upper bound of a marker's nonce: 24 bits. */
export const NONCE_END = 0x1000000;

export type MarkerKind = 'begin' | 'end';

/** The number of the call that marks (native/session-marker.h): no kernel has it, and it has no x32 bit. */
export function markerNumber(nonce: number, kind: MarkerKind): number {
  return 0x20000000 + nonce * 2 + (kind === 'end' ? 1 : 0);
}

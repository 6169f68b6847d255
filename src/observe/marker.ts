/** Exclusive upper bound of a marker's nonce: 24 bits. */
export const NONCE_END = 0x1000000;

/** No kernel's own call has a number from here up to x32's. */
export const MARKERS_FROM = 0x20000000;
const MARKERS_END = 0x40000000;

export type MarkerKind = 'begin' | 'end';

/** The number of the call that marks (native/session-marker.h): no kernel has it, and it has no x32 bit. */
export function markerNumber(nonce: number, kind: MarkerKind): number {
  return MARKERS_FROM + nonce * 2 + (kind === 'end' ? 1 : 0);
}

/** True for a record that our own session-run made to mark a run: no call of anybody's program (x32 numbers begin above). */
export function isMarker({ exe, nr }: { readonly exe: string; readonly nr: number }): boolean {
  return nr >= MARKERS_FROM && nr < MARKERS_END && /(?:^|\/)session-run(?: \(deleted\))?$/.test(exe);
}

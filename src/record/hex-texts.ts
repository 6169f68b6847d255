import type { WideHex } from './tail-fields.ts';

const SLOTS = 2048;

/** Texts of 64-bit hexadecimal numbers. A program calls from few places, so that a number seen lately costs no new string. */
export class HexTexts {
  private readonly highs = new Float64Array(SLOTS).fill(-1);
  private readonly lows = new Float64Array(SLOTS);
  private readonly texts = Array.from({ length: SLOTS }, () => '');

  /** The digits in bytes[number.from, number.to), whose value the number is. */
  read(bytes: Buffer, { high, low, from, to }: WideHex): string {
    const slot = (low ^ (low >>> 12) ^ high) & (SLOTS - 1);
    if (this.highs[slot] !== high || this.lows[slot] !== low) {
      this.highs[slot] = high;
      this.lows[slot] = low;
      this.texts[slot] = bytes.toString('latin1', from, to);
    }
    return this.texts[slot] ?? '';
  }
}

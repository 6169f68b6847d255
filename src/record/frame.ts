import type { Line } from './line.ts';
import type { LossRecord } from './record.ts';

/**
 * Finds where the carrier's own words end and the speaker's text begins: sets `textFrom`, and `speaker`, `host` and the
 * time's place where the frame tells them. `elsewhere`: no line of this carrier; `no-stamp`: a record without time and
 * serial; `comment`: the carrier's own words.
 */
export type Framer = (line: Line, lost: Lost) => Framing;

export type Lost = (loss: LossRecord) => void;

export type Framing = 'framed' | 'elsewhere' | 'no-stamp' | 'comment';

import { Anchors } from './anchors.ts';
import { NEWLINE } from './ascii.ts';
import { Words } from './words.ts';

/** A line may be this long without its newline; a record never is (MAX_AUDIT_MESSAGE_LENGTH is 8970). */
export const LINE_BYTES = 65_536;

export interface LineVisitor {
  /** A line is bytes[from, end) without its newline. The bytes are the visitor's only until it returns. */
  line(bytes: Buffer, from: number, end: number): void;
  /** Where the line at bytes[from] ends, before `end` or there, if it was taken at a glance; -1: it is shown as any other. */
  repeat?(bytes: Buffer, from: number, end: number): number;
  /** A line over LINE_BYTES: its first LINE_BYTES are bytes[from, end). */
  tooLong(bytes: Buffer, from: number, end: number): void;
}

/**
 * Cuts chunks into lines and shows those that hold an anchor (all, where there are no anchors). However the bytes are
 * cut into chunks, the same lines are shown. Keeps at most one line's beginning.
 */
export class LineFinder {
  private readonly anchors: Anchors | undefined;
  private readonly words = new Words();
  private readonly visitor: LineVisitor;
  private readonly pending = Buffer.allocUnsafeSlow(LINE_BYTES + 2);
  private pendingLength = 0;

  constructor(anchors: readonly string[], visitor: LineVisitor) {
    this.anchors = anchors.length > 0 ? new Anchors(anchors) : undefined;
    this.visitor = visitor;
  }

  push(chunk: Buffer): void {
    let from = 0;
    if (this.pendingLength > 0) {
      const newline = chunk.indexOf(NEWLINE);
      this.keep(chunk, 0, newline < 0 ? chunk.length : newline);
      if (newline < 0) return;
      this.flush();
      from = newline + 1;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= from) this.scan(chunk, from, last);
    this.keep(chunk, Math.max(from, last + 1), chunk.length);
  }

  /** Shows what stands after the last newline as a line. */
  end(): void {
    if (this.pendingLength > 0) this.flush();
  }

  /** One byte beyond LINE_BYTES is kept: it tells that the line is too long. */
  private keep(chunk: Buffer, from: number, to: number): void {
    const room = LINE_BYTES + 1 - this.pendingLength;
    this.pendingLength += chunk.copy(this.pending, this.pendingLength, from, Math.min(to, from + room));
  }

  private flush(): void {
    const length = this.pendingLength;
    this.pendingLength = 0;
    // As in a chunk: who looks one byte beyond a line finds its newline.
    this.pending[length] = NEWLINE;
    this.scan(this.pending, 0, length);
  }

  /** Shows the lines of bytes[from, end), of which the last ends at `end`. */
  private scan(bytes: Buffer, from: number, end: number): void {
    if (this.anchors) this.scanAnchored(this.anchors, bytes, from, end);
    else this.scanAll(bytes, from, end);
  }

  private scanAll(bytes: Buffer, from: number, end: number): void {
    const { visitor } = this;
    for (let at = from; at <= end; ) {
      let lineEnd = visitor.repeat?.(bytes, at, end) ?? -1;
      if (lineEnd < 0) {
        lineEnd = lineEndAfter(bytes, at, end);
        this.show(bytes, at, lineEnd);
      }
      at = lineEnd + 1;
    }
  }

  private scanAnchored(anchors: Anchors, bytes: Buffer, from: number, end: number): void {
    for (let at = from; ; ) {
      const found = anchors.find(this.words, bytes, at, end);
      if (found >= end) return;
      const lineEnd = lineEndAfter(bytes, found, end);
      this.show(bytes, lineStartBefore(bytes, found, at), lineEnd);
      at = lineEnd + 1;
    }
  }

  private show(bytes: Buffer, from: number, end: number): void {
    if (end - from > LINE_BYTES) this.visitor.tooLong(bytes, from, from + LINE_BYTES);
    else if (end > from) this.visitor.line(bytes, from, end);
  }
}

function lineEndAfter(bytes: Buffer, at: number, end: number): number {
  const newline = bytes.indexOf(NEWLINE, at);
  return newline < 0 || newline > end ? end : newline;
}

function lineStartBefore(bytes: Buffer, at: number, from: number): number {
  let start = at;
  while (start > from && bytes[start - 1] !== NEWLINE) start--;
  return start;
}

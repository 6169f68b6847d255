import { type Carrier, detectCarrier } from '../../src/record/carrier.ts';
import { type ReaderCounters, type ReaderOptions, RecordReader } from '../../src/record/reader.ts';
import type { LogRecord, LossRecord, Rejection, SeccompRecord } from '../../src/record/record.ts';

/** Runs of a property; PROFILER_SWEEP scales them. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(usual * Number(process.env.PROFILER_SWEEP ?? '1')) };
}

export interface Read {
  readonly records: readonly LogRecord[];
  readonly rejections: readonly Rejection[];
  readonly counters: ReaderCounters;
}

/** Reads bytes, as one chunk or as many. */
export function read(options: ReaderOptions | Carrier, bytes: Buffer | string | readonly Buffer[]): Read {
  const records: LogRecord[] = [];
  const rejections: Rejection[] = [];
  const sink = { record: (record: LogRecord) => records.push(record), rejected: (r: Rejection) => rejections.push(r) };
  const reader = new RecordReader(typeof options === 'string' ? { carrier: options } : options, sink);
  if (typeof bytes === 'string') reader.push(Buffer.from(bytes));
  else if (Buffer.isBuffer(bytes)) reader.push(bytes);
  else for (const chunk of bytes) reader.push(chunk);
  reader.end();
  return { records, rejections, counters: reader.counters };
}

/** The carrier that the bytes' beginning tells; fails where it tells none. */
export function detected(bytes: Buffer): Carrier {
  const carrier = detectCarrier(bytes.subarray(0, 65_536));
  if (carrier === undefined) throw new Error('no carrier is detected');
  return carrier;
}

export function isSeccomp(record: LogRecord): record is SeccompRecord {
  return record.kind === 'seccomp';
}

export function isLoss(record: LogRecord): record is LossRecord {
  return record.kind === 'loss';
}

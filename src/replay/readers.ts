import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import type { Format } from '../render/format.ts';
import { readBpf } from './bpf.ts';
import { readCSource } from './c-source.ts';
import { checkSize, parseJson, textOf } from './document.ts';
import { readEnvironment } from './environment.ts';
import type { Filter } from './filter.ts';
import { readMinijail } from './minijail.ts';
import { readOci } from './oci.ts';
import { isProfile, readProfileDocument } from './profile-document.ts';
import { readSeccompiler } from './seccompiler.ts';
import { readSpo } from './spo.ts';
import { readSystemd } from './systemd.ts';

/** All but the table, which no program takes. */
export type ReadableFormat = Exclude<Format, 'table'>;

/** A reader of one format, on a machine whose programs use that ABI. Throws UsageError with the place of the first fault. */
type Reader = (bytes: Uint8Array, native: AbiName) => Filter;

export const READERS: Readonly<Record<ReadableFormat, Reader>> = {
  env: text(readEnvironment),
  systemd: text(readSystemd),
  oci: text(readOci),
  docker: text(readOci),
  spo: text(readSpo),
  minijail: text(readMinijail),
  bpf: (bytes) => readBpf(bytes),
  c: text(readCSource),
  seccompiler: text(readSeccompiler),
  json: text(readProfileDocument),
};

function text(read: (text: string, native: AbiName) => Filter): Reader {
  return (bytes, native) => read(textOf(bytes), native);
}

/** The format of a document by its content. Throws UsageError where it is none of them. */
export function formatOf(bytes: Uint8Array): ReadableFormat {
  checkSize(bytes);
  if (isBinary(bytes)) return 'bpf';
  const content = textOf(bytes);
  if (/^\s*\{\s*"/.test(content)) return jsonFormat(parseJson(content));
  const [, format] = SIGNS.find(([sign]) => sign.test(content)) ?? [];
  if (!format) throw new UsageError('no profile in a format that is known: want --format');
  return format;
}

/** The first sign that a text bears; a minijail policy comes last, because `kind: SeccompProfile` looks like one. */
const SIGNS: readonly (readonly [RegExp, ReadableFormat])[] = [
  [/^\s*(?:export\s+)?SECCOMP_SYSCALL_(?:ALLOW|DENY)=/m, 'env'],
  [/^\s*SystemCall(?:Filter|Architectures)\s*=/m, 'systemd'],
  [/^kind:\s*["']?SeccompProfile\b/m, 'spo'],
  [/^#include <seccomp\.h>$/m, 'c'],
  [/^\s*(?:\{[\w, ]+\}|\w+)\s*:\s*(?:1|allow|return\b|arg[0-5]\b)/m, 'minijail'],
];

/** No text has a zero byte, and every BPF program that checks the architecture has many. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function jsonFormat(value: unknown): ReadableFormat {
  if (isProfile(value)) return 'json';
  const keys = new Set(typeof value === 'object' && value !== null ? Object.keys(value) : []);
  if (keys.has('kind')) return 'spo';
  if (keys.has('archMap')) return 'docker';
  if (keys.has('defaultAction') || keys.has('linux')) return 'oci';
  return 'seccompiler';
}

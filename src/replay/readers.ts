import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import type { Format } from '../render/format.ts';
import { checkSize, parseJson, textOf } from './document.ts';
import type { Filter } from './filter.ts';

/** All but the table, which no program takes. */
export type ReadableFormat = Exclude<Format, 'table'>;

/** A reader of one format, on a machine whose programs use that ABI. Throws UsageError with the place of the first fault. */
type Reader = (bytes: Uint8Array, native: AbiName) => Filter;

/** Each is loaded when it is asked for: what reads YAML or a schema takes longer to load than most profiles to read. */
export const READERS: Readonly<Record<ReadableFormat, () => Promise<Reader>>> = {
  env: async () => text((await import('./environment.ts')).readEnvironment),
  systemd: async () => text((await import('./systemd.ts')).readSystemd),
  oci: async () => text((await import('./oci.ts')).readOci),
  docker: async () => text((await import('./oci.ts')).readOci),
  spo: async () => text((await import('./spo.ts')).readSpo),
  minijail: async () => text((await import('./minijail.ts')).readMinijail),
  bpf: async () => (await import('./bpf.ts')).readBpf,
  c: async () => text((await import('./c-source.ts')).readCSource),
  seccompiler: async () => text((await import('./seccompiler.ts')).readSeccompiler),
  json: async () => text((await import('./profile-document.ts')).readProfileDocument),
};

function text(read: (text: string, native: AbiName) => Filter): Reader {
  return (bytes, native) => {
    checkSize(bytes);
    return read(textOf(bytes), native);
  };
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
  [/^\s*(?:@default\b|(?:\{[\w, ]+\}|\w+)\s*:\s*(?:1|allow|return\b|arg[0-5]\b))/m, 'minijail'],
];

/** No text has a zero byte, and every BPF program that checks the architecture has many. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function jsonFormat(value: unknown): ReadableFormat {
  const keys = new Set(typeof value === 'object' && value !== null ? Object.keys(value) : []);
  if (keys.has('schema') && keys.has('policy')) return 'json';
  if (keys.has('kind')) return 'spo';
  if (keys.has('archMap')) return 'docker';
  if (keys.has('defaultAction') || keys.has('linux')) return 'oci';
  return 'seccompiler';
}

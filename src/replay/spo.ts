import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { printable } from '../record/name.ts';
import { checkDepth } from './document.ts';
import type { Filter } from './filter.ts';
import { seccompFilter } from './oci.ts';

/** YAML takes long to read, and a SeccompProfile is short. */
const LARGEST = 1024 * 1024;

/** The first SeccompProfile of a YAML (or JSON) file. */
export function readSpo(text: string, native: AbiName): Filter {
  if (text.length > LARGEST)
    throw new UsageError(`${text.length} characters: want a SeccompProfile of at most ${LARGEST}`);
  checkDepth(text);
  const found = documents(text)
    .map((one) => RESOURCE.safeParse(one))
    .find((result) => result.success);
  if (!found) throw new UsageError('kind: want a document of kind SeccompProfile with a spec');
  const { spec } = found.data;
  const filter = seccompFilter(spec, 'spec', native);
  const base = spec['baseProfileName'];
  if (typeof base !== 'string' || base === '') return filter;
  return {
    ...filter,
    remarks: [...filter.remarks, `spec.baseProfileName: ${printable(base)}: its calls are not read`],
  };
}

const RESOURCE = z.object({ kind: z.literal('SeccompProfile'), spec: z.record(z.string(), z.unknown()) });

function documents(text: string): readonly unknown[] {
  const parsed = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: true });
  const all = Array.isArray(parsed) ? parsed : [];
  const [fault] = all.flatMap(({ errors }) => errors);
  if (fault) throw new UsageError(`no YAML: ${printable(fault.message.split('\n', 1)[0] ?? '')}`);
  try {
    return all.map((one): unknown => one.toJS({ maxAliasCount: 16 }));
  } catch (error) {
    throw new UsageError('no YAML: its aliases stand for too much', { cause: error });
  }
}

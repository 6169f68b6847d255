import type { ImportReport } from '../app/import/import.ts';
import { TRUSTS } from '../record/trust.ts';
import { plural } from './plural.ts';

/** What an import brought, for people: what was read, what is new and how far it is trusted, what was refused or is missing. */
export function importText(report: ImportReport): readonly string[] {
  const { source, carrier, added, duplicates, argued, runs, error, interrupted } = report;
  const name = source === '-' ? 'standard input' : source;
  const fresh = TRUSTS.filter((trust) => added[trust] > 0).map((trust) => `${added[trust]} ${trust}`);
  const total = added.kernel + added.file + added.forgeable;
  const by = fresh.length > 0 ? ` (${fresh.join(', ')})` : '';
  const counted = duplicates > 0 ? `, ${duplicates} counted before` : '';
  const args = argued > 0 ? `, arguments of ${plural(argued, 'call')}` : '';
  const kind = carrier === undefined ? 'empty' : `${carrier}, ${plural(total, 'new record')}${by}${counted}${args}`;
  return [
    `${name}: ${kind}${runs > 0 ? `, ${plural(runs, 'new run')}` : ''}${others(report)}`,
    ...doubts(report),
    ...rejections(report),
    ...losses(report),
    ...(interrupted ? [`${name}: interrupted; what was read is stored, run it again for the rest`] : []),
    ...(error === undefined ? [] : [`profiler: ${error.startsWith(name) ? error : `${name}: ${error}`}`]),
  ];
}

function others({ others: other, markers }: ImportReport): string {
  const parts = [
    ...(other > 0 ? [`${plural(other, 'audit record')} of other types`] : []),
    ...(markers > 0 ? [`${plural(markers, 'marker')} of observe`] : []),
  ];
  return parts.length > 0 ? `; passed over: ${parts.join(', ')}` : '';
}

function doubts({ added, carrier, doubt }: ImportReport): string[] {
  if (added.forgeable === 0) return [];
  const why = doubt ?? `any local user could have written them (${carrier})`;
  return [`  forgeable: ${why}; suggest leaves them out; --trust file or kernel is your word for the log`];
}

function rejections({ rejected }: ImportReport): string[] {
  return rejected.map(({ reason, field, count, sample }) => {
    const where = field === undefined ? '' : ` (${field})`;
    return `  rejected: ${plural(count, 'line')}, ${reason}${where}, as in: ${sample}`;
  });
}

function losses({ losses: count, lost }: ImportReport): string[] {
  if (count === 0) return [];
  const records = lost === undefined ? 'an unknown number of records is' : `at most ${plural(lost, 'record')} are`;
  return [`  lost: ${records} missing in ${plural(count, 'place')}; suggest tells which runs that may have hit`];
}

/** A sample of the text format (prometheus.io/docs/instrumenting/exposition_formats), read without any library. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const META = new RegExp(`^# (?:HELP (${NAME}) [^\\n]*|TYPE (${NAME}) (counter|gauge|histogram|summary|untyped))$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([-+]?(?:\\d[\\d.e+-]*|Inf|NaN))$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** Every line by the grammar: throws at the first that is none, at a sample of no TYPE, and at one that stands twice. */
export function readExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const types = new Map<string, string>();
  const seen = new Set<string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const meta = META.exec(line);
    if (meta?.[2] !== undefined && meta[3] !== undefined) types.set(meta[2], meta[3]);
    if (meta) continue;
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === '') throw new Error(`no sample: ${line}`);
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    if (!types.has(name) && types.get(family) !== 'histogram') throw new Error(`of no type: ${line}`);
    const sample = {
      name,
      labels: labelsOf(labels),
      value: value.endsWith('Inf') ? Number.POSITIVE_INFINITY : Number(value),
    };
    const key = JSON.stringify([name, sample.labels]);
    if (seen.has(key)) throw new Error(`stands twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  return samples;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const match = LABEL.exec(text);
    if (!match) throw new Error(`no label at ${at}: ${text}`);
    const [, name = '', value = ''] = match;
    labels[name] = value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
  }
  return labels;
}

/** The one sample of that name whose labels hold these; 0 where there is none. */
export function valueOf(samples: readonly Sample[], name: string, labels: Sample['labels'] = {}): number {
  const fits = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (fits.length > 1) throw new Error(`${name} ${JSON.stringify(labels)}: ${fits.length} samples`);
  return fits[0]?.value ?? 0;
}

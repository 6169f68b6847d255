const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of `90d`, as config/schema.ts has it: minutes, hours, days or weeks. */
export function spanMs(span: string): number {
  return Number(span.slice(0, -1)) * (UNIT_MS[span.at(-1) ?? ''] ?? 0);
}

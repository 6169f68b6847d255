const COLUMNS = 110;

/** The names of a unit's SystemCallFilter=, of all its lines (systemd.exec(5): they add up). */
export function filterOf(unit: string): string[] {
  return [...unit.matchAll(/^SystemCallFilter=(.*)$/gm)].flatMap(([, names = '']) => names.split(' ').filter(Boolean));
}

/** The lines that filterOf() reads, none much wider than a terminal. */
export function filterLines(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > COLUMNS) lines.push(`SystemCallFilter=${name}`);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return lines.map((line) => `${line}\n`).join('');
}

import type { Remark } from './evidence.ts';

/** Says that an interpreter's list is several programs'; empty where it is one's (`mixed` as mixedPrograms has it). */
export function mixture(exe: string, mixed: readonly string[]): readonly Remark[] {
  if (mixed.length === 0) return [];
  const shown = mixed.slice(0, 3).map((program) => `"${program}"`);
  const more = mixed.length > 3 ? ` and ${mixed.length - 3} more` : '';
  const text = `${exe} is an interpreter and ran different programs (${shown.join(', ')}${more}); the list is for all of them; --name or --run chooses`;
  return [{ kind: 'warning', text }];
}

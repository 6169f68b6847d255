import { type AbiName, abiByName } from '../../kernel/abi.ts';
import { listableNumber } from '../listable.ts';
import type { Profile, Rule } from '../profile.ts';
import { translate } from './translate.ts';

/** A profile of what was seen on one ABI, for another: each call by its name there or by what stands in for it. */
export function translateProfile(seen: Profile, abi: AbiName): Profile {
  const [from, to] = [abiByName(seen.policy.abi), abiByName(abi)];
  if (!from || !to) throw new Error(`no table has the ABI ${seen.policy.abi} or ${abi}`);
  const names = seen.rules.flatMap((rule) => rule.name ?? []);
  const { calls, untranslated } = translate(names, from, to);
  const unnamed = seen.rules.filter((rule) => rule.name === undefined);
  const rules = calls.flatMap(({ name, reason }): Rule[] => {
    const nr = listableNumber(to, name);
    return nr === undefined ? [] : [{ name, nr, archToken: to.token, reason }];
  });
  const lost = unnamed.map(({ nr }) => ({ name: String(nr), why: `no table has a name for it on ${from.abi}` }));
  return {
    ...seen,
    policy: { ...seen.policy, abi },
    rules,
    translation: { abi: from.abi, untranslated: [...untranslated, ...lost] },
  };
}

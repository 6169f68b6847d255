import { type Abi, type AbiName, abiByName, numbersOf } from '../../src/kernel/abi.ts';
import type { Policy, Profile } from '../../src/profile/profile.ts';
import { synthesize } from '../../src/profile/synthesize.ts';
import type { RenderOptions } from '../../src/render/format.ts';
import { aRun, aTally } from '../profile/evidence.ts';

export const OPTIONS: RenderOptions = {
  action: 'kill',
  width: undefined,
  compile: () => {
    throw new Error('not compiled here');
  },
};

/** A profile of these calls (numbers relative to the ABI's base), each seen once by one run of the launcher stage. */
export function profileOf(calls: readonly number[], abi: AbiName = 'x86_64', change: Partial<Policy> = {}): Profile {
  const { token, base } = namedAbi(abi);
  const policy: Policy = {
    exe: '/opt/hello',
    role: 'program',
    stage: 'launcher',
    point: 'launcher',
    closure: 'none',
    children: true,
    trust: 'file',
    abi,
    ...change,
  };
  const tallies = calls.map((nr) => aTally(1, nr + base, { archToken: token, sampleSerial: 7 }));
  return synthesize([aRun(1, { stage: 'launcher' })], tallies, [], policy);
}

export function namedAbi(name: AbiName): Abi {
  const abi = abiByName(name);
  if (!abi) throw new Error(name);
  return abi;
}

/** Numbers of an ABI's calls that a list can hold. */
export function listable(name: AbiName): readonly number[] {
  return [...numbersOf(namedAbi(name)).values()].filter((nr) => nr < 1024);
}

export function numbers(names: readonly string[], abi: AbiName = 'x86_64'): readonly number[] {
  return names.map((name) => {
    const nr = numbersOf(namedAbi(abi)).get(name);
    if (nr === undefined) throw new Error(name);
    return nr;
  });
}

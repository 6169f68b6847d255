import { abstractionsIn } from '../../apparmor/abstractions.ts';
import { everyRule, type PolicySuggestion, policyFor, type Wish } from '../../apparmor/policy.ts';
import { RefusedError } from '../../errors.ts';
import type { AccessCount, Store } from '../../store/store.ts';
import { quoted } from '../quoted.ts';
import { policyFiles } from './policy-files.ts';

export interface PolicyRequest extends Omit<Wish, 'profile' | 'abstractions'> {
  /** As the kernel names it, `:NAMESPACE://NAME` in a policy namespace; printable text. */
  readonly profile: string;
  /** Whether installed abstractions may take rules' places. */
  readonly abstractions: boolean;
  /** Options that a printed command must repeat. */
  readonly again: string;
}

export interface PolicyAnswer {
  readonly suggestion: PolicySuggestion;
  /** Records that are missing in that time, at most; undefined: an unknown number. */
  readonly lost: number | undefined;
}

const NAMESPACE = /^:(.+?):(?:\/\/)?(.+)$/;
const NAMED = 8;

/** The rules that a profile's accesses need. Throws a RefusedError where there are none, with the reason. */
export function suggestPolicy(store: Store, request: PolicyRequest): PolicyAnswer {
  const [, namespace = '', profile = request.profile] = NAMESPACE.exec(request.profile) ?? [];
  if (profile === 'unconfined')
    throw new RefusedError('unconfined is no profile: what was refused there needs a profile of the program’s own');
  const accesses = store.accesses({ namespace, profile });
  if (accesses.length === 0) throw nothingSeen(store, request);
  const abstractions = request.abstractions ? abstractionsIn(policyFiles()) : [];
  const suggestion = policyFor(accesses, { ...request, profile, abstractions });
  if (everyRule(suggestion.root).length === 0) throw noRule(suggestion, accesses, request);
  const { hosts = [], firstMs = 0, lastMs = 0 } = suggestion.evidence ?? {};
  return { suggestion, lost: store.lostBetween(hosts, firstMs, lastMs) };
}

function nothingSeen(store: Store, { profile }: PolicyRequest): RefusedError {
  const names = store
    .profiles()
    .map((one) => (one.namespace === '' ? one.profile : `:${one.namespace}://${one.profile}`));
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
  const there =
    names.length === 0
      ? 'no record of AppArmor is stored: import a log, or run the daemon'
      : `there is ${names.slice(0, NAMED).map(quoted).join(', ')}${more}`;
  return new RefusedError(`nothing was seen of profile ${profile}; ${there}`);
}

function noRule(
  { untrusted, unwritable, wish, elsewhere }: PolicySuggestion,
  accesses: readonly AccessCount[],
  { profile, again }: PolicyRequest,
): RefusedError {
  if (untrusted > 0) {
    return new RefusedError(
      `${profile}: all evidence (${untrusted} records) is trusted less than ${wish.trust}; to take it all the same: ` +
        `profiler suggest --kind apparmor ${again}--profile ${quoted(profile)} --trust forgeable`,
    );
  }
  if (unwritable.length > 0)
    return new RefusedError(
      `${profile}: no rule can say what was seen: ${unwritable.map(([what]) => what).join(', ')}`,
    );
  if (elsewhere.length > 0) return new RefusedError(`${profile}: all of it is of ${elsewhere.map(quoted).join(', ')}`);
  if (wish.scope === 'lacking' && accesses.every(({ verdict }) => verdict === 'AUDIT'))
    return new RefusedError(`${profile}: the profile allowed all that was seen; --output profile makes one of it`);
  return new RefusedError(`${profile}: what was seen needs no rule`);
}

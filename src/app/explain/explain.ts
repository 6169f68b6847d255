import { callOf } from '../../profile/complete.ts';
import type { Profile, Rule } from '../../profile/profile.ts';
import { dangerOf } from '../../profile/reading.ts';
import type { Store } from '../../store/store.ts';
import { type Suggestion, type SuggestRequest, suggest } from '../suggest/suggest.ts';
import { type FoundPlace, places } from './places.ts';

export interface ExplainRequest extends SuggestRequest {
  /** Undefined: every call of the list. */
  readonly call: string | undefined;
}

export interface ExplainedCall {
  readonly rule: Rule;
  readonly danger: string | undefined;
  /** Where the samples of it came from, each once. */
  readonly places: readonly FoundPlace[];
}

export interface Explanation {
  readonly suggestion: Suggestion;
  readonly calls: readonly ExplainedCall[];
  /** For a call that is not on the list: what is known of it. */
  readonly unlisted: { readonly call: string; readonly why: readonly string[] } | undefined;
}

/** Why each call is on the list, or why one is not. Throws what suggest throws. */
export function explain(store: Store, request: ExplainRequest): Explanation {
  const suggestion = suggest(store, request);
  const { profile } = suggestion;
  const all = [...profile.rules, ...profile.granted.map(({ rule }) => rule)];
  const wanted = request.call === undefined ? all : all.filter((rule) => callOf(rule) === request.call);
  const find = places(store.origins(profile.runs.map((run) => run.id)));
  const calls = wanted
    .toSorted((a, b) => (callOf(a) < callOf(b) ? -1 : 1))
    .map((rule) => ({ rule, danger: dangerOf(callOf(rule)), places: find(rule.archToken, rule.nr) }));
  const { call } = request;
  const unlisted = call === undefined || calls.length > 0 ? undefined : { call, why: whyNot(profile, call) };
  return { suggestion, calls, unlisted };
}

function whyNot(profile: Profile, call: string): readonly string[] {
  const is = (one: { readonly name: string | undefined; readonly nr: number }): boolean => callOf(one) === call;
  const denied = profile.denied.filter(is);
  const refused = profile.refused.find((one) => one.call === call);
  const offered = profile.offered.find(is);
  const reason = offered?.reason.kind === 'implied' ? offered.reason.why : undefined;
  const told = [
    refused && `${refused.reason.who} denied it by hand: ${refused.reason.why}`,
    denied.length > 0 &&
      `a filter refused it ${denied.reduce((sum, one) => sum + one.count, 0)} times, and such calls are never added`,
    profile.untrusted.some(is) && 'only records that are trusted less than the list asks for show it: see --trust',
    profile.leftOut.some(is) && 'only programs that it starts make it, and --no-children leaves them out',
    profile.foreign.some(is) && `it was made on another ABI (${abisOf(profile, is).join(', ')})`,
    reason !== undefined && `it was not seen; --closure libc would add it: ${reason}`,
  ];
  const found = told.filter((one) => typeof one === 'string');
  return found.length > 0 ? found : ['no run made it'];
}

function abisOf(profile: Profile, is: (one: Profile['foreign'][number]) => boolean): readonly string[] {
  return [...new Set(profile.foreign.filter(is).map(({ abi, archToken }) => abi ?? archToken.toString(16)))];
}
